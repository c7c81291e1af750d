import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedAtlas } from '../../infra/local/embedded.ts';
import { readConfig } from '../../shared/config.ts';
import { type ApiClient, ApiFailure, apiClient, type Endpoint } from './api-client.ts';

export interface Connection {
  readonly api: ApiClient;
  /** Stops what was started for this command. */
  close(): Promise<void>;
}

type Environment = Record<string, string | undefined>;

/** How long a server that is starting or stopping may take. */
const patienceMs = 15_000;
const pollMs = 100;

async function answers({ url }: Endpoint): Promise<boolean> {
  return fetch(new URL('/health', url), { signal: AbortSignal.timeout(5000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/**
 * The Atlas of the local folder: the server that works there, or else this process becomes it. When the server goes away
 * while it is needed, which may be another command that has ended, this process takes its work over.
 */
async function localConnection(env: Environment): Promise<Connection> {
  const config = readConfig(env);
  const { embeddedAtlas, HomeTaken, localKeyPath, runningServer } = await import('../../infra/local/embedded.ts');
  let own: EmbeddedAtlas | undefined;

  const attempt = async (): Promise<Endpoint | undefined> => {
    const running = runningServer(config.home);
    try {
      if (running?.url) {
        const endpoint = { url: running.url, key: readFileSync(join(config.home, localKeyPath), 'utf8').trim() };
        return (await answers(endpoint)) ? endpoint : undefined;
      }
      if (running) return undefined;
      own = await embeddedAtlas({ ...config, port: 0, logLevel: env.ATLAS_LOG ? config.logLevel : 'ERROR' });
      return own;
    } catch (error) {
      // Somebody was quicker, or has not written the key yet.
      if (error instanceof HomeTaken || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const find = async (): Promise<Endpoint> => {
    for (const giveUpAt = Date.now() + patienceMs; ; await sleep(pollMs)) {
      const endpoint = await attempt();
      if (endpoint) return endpoint;
      if (Date.now() > giveUpAt) {
        throw new ApiFailure(`The Atlas that works in ${config.home} does not answer. Stop its process and try again.`);
      }
    }
  };
  return { api: apiClient(await find(), find), close: async () => own?.close() };
}

/**
 * Finds an Atlas to talk to: the one that ATLAS_URL and ATLAS_API_KEY name, else the one that runs in the local folder,
 * else one started inside this process for as long as the command takes.
 */
export async function connect(env: Environment): Promise<Connection> {
  const { ATLAS_URL: url, ATLAS_API_KEY: key } = env;
  if (!url) return localConnection(env);
  if (!key) throw new ApiFailure('ATLAS_URL is set: set ATLAS_API_KEY too.');
  return { api: apiClient({ url, key }), close: async () => undefined };
}

/** Runs a command of one act on the Atlas that `connect` finds. */
export async function withApi(act: (api: ApiClient) => Promise<void>): Promise<void> {
  const connection = await connect(process.env);
  try {
    await act(connection.api);
  } finally {
    await connection.close();
  }
}
