import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { storesFrom, subscriptions } from '../../functions/deps.ts';
import { openSqlite } from '../../shared/adapters/local/sqlite.ts';
import { readConfig } from '../../shared/config.ts';
import type { DocStore, DocWrite, ObjectStore } from '../../shared/ports/index.ts';
import type { CrashGround, CrashTemplate } from './crash-site.ts';
import { copyOf } from './local-ground.ts';

interface Row {
  readonly path: string;
  readonly data: string;
}

/** Brings the documents and objects of the template to where the emulator mode keeps them. */
async function seed(template: CrashTemplate, docs: DocStore, objects: ObjectStore): Promise<void> {
  const db = openSqlite(join(template.home, 'atlas.db'));
  const rows = db.prepare('SELECT path, data FROM docs ORDER BY path').all() as Row[];
  db.close();
  await docs.batch(rows.map(({ path, data }): DocWrite => ({ kind: 'create', path, data: JSON.parse(data) })));
  const local = storesFrom(readConfig({ ATLAS_HOME: template.home }));
  for (const { key, contentType } of await local.objects.list('')) {
    await objects.put(key, await local.objects.get(key), { contentType });
  }
  await local.close();
}

/** Dead letters of all topics, by the REST interface of Pub/Sub. */
async function deadLettersOf(pubsubHost: string, project: string): Promise<number> {
  const pulled = Object.keys(subscriptions).map(async (topic) => {
    const url = `http://${pubsubHost}/v1/projects/${project}/subscriptions/${topic}-dead:pull`;
    const body = JSON.stringify({ maxMessages: 100, returnImmediately: true });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const { receivedMessages = [] } = (await response.json()) as { receivedMessages?: unknown[] };
    return receivedMessages.length;
  });
  return (await Promise.all(pulled)).reduce((sum, count) => sum + count, 0);
}

/**
 * The emulator mode: each run in a project of its own, so that several can go on at a time. A killed process keeps its
 * messages for 10 s and its stage for 30 s, during which nothing is done; that is why.
 *
 * @param emulators - what `startEmulators` gives
 * @param points - of each kind of durable write
 */
export const emulatorGround = (emulators: Record<string, string>, points: number): CrashGround => ({
  kinds: ['commit', 'publish', 'acknowledge', 'upload', 'row'],
  pointsOfEachKind: points,
  taskWrite: 'upload:1',
  atOnce: 10,
  async open(template) {
    const home = copyOf(template);
    const project = `crash-${randomBytes(4).toString('hex')}`;
    const env = { ...emulators, ATLAS_MODE: 'emulator', ATLAS_HOME: home, GOOGLE_CLOUD_PROJECT: project };
    const { docs, objects, close } = storesFrom(readConfig(env));
    await seed(template, docs, objects);
    return {
      ...{ home, env, docs, objects, jobTimeoutMs: 300_000 },
      // What a killed process has not acknowledged comes again; it cannot be counted before.
      messagesLeft: async () => 0,
      deadLetters: () => deadLettersOf(emulators.PUBSUB_EMULATOR_HOST ?? '', project),
      async clear() {
        await close();
        rmSync(home, { recursive: true, force: true });
      },
    };
  },
});
