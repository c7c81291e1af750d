import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../shared/config.ts';
import { type ApiClient, ApiFailure, apiClient } from './api-client.ts';

export interface Connection {
  readonly api: ApiClient;
  readonly url: string;
  /** Stops what was started for this command. */
  close(): Promise<void>;
}

/**
 * Finds an Atlas to talk to: the one that ATLAS_URL and ATLAS_API_KEY name, else the one that runs in the local folder,
 * else one started inside this process for as long as the command takes.
 */
export async function connect(env: Record<string, string | undefined>): Promise<Connection> {
  const url = env['ATLAS_URL'];
  if (url) {
    const key = env['ATLAS_API_KEY'];
    if (!key) throw new ApiFailure('ATLAS_URL is set: set ATLAS_API_KEY too.');
    return { api: apiClient(url, key), url, close: async () => undefined };
  }
  const config = readConfig(env);
  const { embeddedAtlas, localKeyPath, runningServer } = await import('../../infra/local/embedded.ts');
  const running = runningServer(config.home);
  if (running?.url) {
    const key = readFileSync(join(config.home, localKeyPath), 'utf8').trim();
    return { api: apiClient(running.url, key), url: running.url, close: async () => undefined };
  }
  const atlas = await embeddedAtlas({ ...config, port: 0, logLevel: env['ATLAS_LOG'] ? config.logLevel : 'ERROR' });
  return { api: apiClient(atlas.url, atlas.key), url: atlas.url, close: atlas.close };
}
