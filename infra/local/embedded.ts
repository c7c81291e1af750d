import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../../shared/config.ts';
import { jsonLog, type Log } from '../../shared/log.ts';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { authenticate } from '../../shared/records/authenticate.ts';
import { scopePresets } from '../../shared/schema/index.ts';
import { type LocalServer, startLocalServer } from './server.ts';

export { HomeTaken, runningServer } from './home-lock.ts';

/** Where the local mode keeps the key that the command line on the same machine uses. */
export const localKeyPath = join('keys', 'cli-key');

export interface EmbeddedAtlas extends LocalServer {
  readonly key: string;
}

/** The command line’s own key: read from its file, or made once; only the owner of the folder can read it. */
async function localKey(server: LocalServer, config: Config): Promise<string> {
  const path = join(config.home, localKeyPath);
  if (existsSync(path)) {
    const key = readFileSync(path, 'utf8').trim();
    const holder = await authenticate(server.deps.docs, `Bearer ${key}`, server.deps.clock).catch(() => undefined);
    // One that an older version made lacks the scopes that came later.
    if (holder && scopePresets.full.every((scope) => holder.scopes.includes(scope))) return key;
  }
  const { key } = await createApiKey(server.deps.docs, { name: 'command line' }, server.deps.clock);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${key}\n`, { mode: 0o600 });
  return key;
}

/** Starts the local mode in this process and gives the key to talk to it. */
export async function embeddedAtlas(config: Config, log?: Log): Promise<EmbeddedAtlas> {
  const server = await startLocalServer(config, log ?? jsonLog((line) => process.stderr.write(line), config.logLevel));
  return { ...server, key: await localKey(server, config) };
}
