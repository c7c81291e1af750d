import { type ApiClient, apiClient } from '../../clients/cli/api-client.ts';
import { type LocalServer, startLocalServer } from '../../infra/local/server.ts';
import { readConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { createApiKey } from '../records/api-keys.ts';
import { Job, type JobEvent } from '../schema/index.ts';

export interface LocalMode {
  readonly server: LocalServer;
  readonly api: ApiClient;
  readonly tenantId: string;
  readonly key: string;
  readonly logged: { severity: string; message: string }[];
}

/** Starts the local mode in `home` with a key of a new tenant. Close `server` when done. */
export async function localMode(home: string, env: Record<string, string> = {}): Promise<LocalMode> {
  const logged: LocalMode['logged'] = [];
  const log: Log = (severity, message) => void logged.push({ severity, message });
  const config = readConfig({ ATLAS_HOME: home, ATLAS_PORT: '0', ATLAS_THREADS: '2', ...env });
  const server = await startLocalServer(config, log);
  const { key, tenantId } = await createApiKey(server.deps.docs, { name: 'test' }, server.deps.clock);
  return { server, api: apiClient({ url: server.url, key }), tenantId, key, logged };
}

/** Part of a recipe: small views, where pictures are not what is tried. */
export const smallViews = { gate: { viewSizePx: 64 } };

export const uploadBytes = (api: ApiClient, fileName: string, bytes: Uint8Array): Promise<string> =>
  api.upload({ fileName, sizeBytes: bytes.byteLength }, bytes);

/** Posts a job and follows it to its end. */
export async function runJob(api: ApiClient, request: unknown): Promise<{ job: Job; events: JobEvent[] }> {
  const created = await api.post('/v1/jobs', request, Job);
  const events: JobEvent[] = [];
  for await (const event of api.events(created.id, new AbortController().signal)) events.push(event);
  return { job: await api.job(created.id), events };
}
