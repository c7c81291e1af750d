import { beforeEach, describe, expect, test } from '@jest/globals';
import { openSqlite, type SqliteDatabase } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import type { DocStore } from '../ports/index.ts';
import { furnishJob, furnishTenant, memoryObjects } from '../testing/furnished-tenant.ts';
import { createApiKey } from './api-keys.ts';
import { continueDeletion, type DeletionDeps, deleteTenant, requestDeletion, sweepDeletions } from './delete-tenant.ts';
import { stagePath } from './stages.ts';
import { tenantDeletionPath } from './tenants.ts';

let db: SqliteDatabase;
let docs: DocStore;
let objects: ReturnType<typeof memoryObjects>;
let nowMs: number;
let cancelled: string[];
let deps: DeletionDeps;
let tenantId: string;
let other: string;
const clock = { now: () => new Date(nowMs) };

beforeEach(async () => {
  db = openSqlite(':memory:');
  docs = sqliteDocStore(db);
  objects = memoryObjects();
  nowMs = Date.parse('2026-11-23T10:00:00.000Z');
  cancelled = [];
  deps = {
    ...{ docs, objects, clock },
    cancelExecution: async (name) => void cancelled.push(name),
    purgeOutside: async () => ({ messages: 0, executions: 0 }),
  };
  tenantId = await furnishTenant(deps, 'one');
  other = await furnishTenant(deps, 'two');
});

/** Paths of all documents that name the tenant anywhere, but for the record of its deletion. */
const traces = (id: string): string[] =>
  (db.prepare('SELECT path FROM docs WHERE instr(path || data, ?) > 0 ORDER BY path').all(id) as { path: string }[])
    .map(({ path }) => path)
    .filter((path) => path !== tenantDeletionPath(id));
const objectsOf = (id: string): string[] => objects.keys().filter((key) => key.includes(id));

/** Stores that die at their n-th write. */
function dying(n: number): DeletionDeps {
  let left = n;
  const guard = <T extends object>(store: T, writes: readonly string[]): T =>
    new Proxy(store, {
      get(target, name, receiver) {
        const value = Reflect.get(target, name, receiver);
        if (!writes.includes(String(name))) return value;
        return (...args: unknown[]) => {
          if (left-- <= 0) return Promise.reject(new Error('killed'));
          return (value as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  return { ...deps, docs: guard(docs, ['batch', 'transaction', 'set', 'delete']), objects: guard(objects, ['delete']) };
}

describe('a tenant that is deleted', () => {
  test('had used every kind of document that there is a rule for', () => {
    const kinds = new Set(
      traces(tenantId).map((path) =>
        path
          .split('/')
          .filter((_part, at) => at % 2 === 0)
          .join('/'),
      ),
    );
    expect([...kinds].sort()).toEqual([
      'apiKeys',
      'jobOutbox',
      'tenants',
      ...[
        ...['assets', 'audit', 'idempotency', 'jobLabels/jobs', 'jobs', 'jobs/events', 'provenance', 'quota'],
        ...['refusedDays', 'stages', 'usage', 'usageDays', 'webhooks', 'webhooks/deliveries'],
      ].map((name) => `tenants/${name}`),
      'webhookOutbox',
    ]);
  });

  test('leaves one document with counts, and another tenant untouched', async () => {
    const [before, files, othersBefore, othersFiles] = [
      traces(tenantId),
      objectsOf(tenantId),
      traces(other),
      objectsOf(other),
    ];
    const done = await deleteTenant(deps, tenantId, 'operator');
    expect([traces(tenantId), objectsOf(tenantId)]).toEqual([[], []]);
    expect([traces(other), objectsOf(other)]).toEqual([othersBefore, othersFiles]);
    expect(await docs.get(tenantDeletionPath(tenantId))).toEqual(done);
    expect(done).toMatchObject({
      ...{ tenantId, state: 'done', requestedBy: 'operator', finishedAt: '2026-11-23T10:00:00.000Z' },
      ...{ documents: before.length, objects: files.length, objectBytes: 4 * files.length },
    });
  });

  test('has its running execution ended, and only that one', async () => {
    await deleteTenant(deps, tenantId, 'operator');
    expect(cancelled).toEqual(['executions/job_one_runs']);
  });

  test('is gone whole wherever the deletion is cut off and begun again, and nothing is counted twice', async () => {
    const [documents, files] = [traces(tenantId).length, objectsOf(tenantId).length];
    let cuts = 0;
    for (let n = 0; ; n++) {
      const ended = await deleteTenant(dying(n), tenantId, 'operator').catch((error: Error) => error.message);
      if (ended !== 'killed') break;
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(5);
    expect([traces(tenantId), objectsOf(tenantId)]).toEqual([[], []]);
    const done = await docs.get<{ documents: number; objects: number }>(tenantDeletionPath(tenantId));
    expect(done?.documents).toBe(documents);
    expect(done?.objects).toBeLessThanOrEqual(files);
  });

  test('that was deleted before is answered with the same record', async () => {
    const done = await deleteTenant(deps, tenantId, 'operator');
    nowMs += 60_000;
    expect(await deleteTenant(deps, tenantId, 'somebody else')).toEqual(done);
  });

  test('gets no new keys and no new jobs, from the first moment on', async () => {
    await expect(deleteTenant(dying(1), tenantId, 'operator')).rejects.toThrow('killed');
    await expect(createApiKey(docs, { tenantId, name: 'late' }, clock)).rejects.toMatchObject({ code: 'conflict' });
    const late = furnishJob(deps, tenantId, { id: 'job_late', content: [], ended: false });
    await expect(late).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

test('a tenant that never was cannot be deleted', async () => {
  await expect(deleteTenant(deps, 'ten_0123456789abcdef', 'operator')).rejects.toMatchObject({ code: 'not_found' });
  await expect(continueDeletion(deps, 'ten_0123456789abcdef')).rejects.toMatchObject({ code: 'not_found' });
});

describe('the sweep', () => {
  test('goes on with a deletion that was cut off', async () => {
    await expect(deleteTenant(dying(3), tenantId, 'operator')).rejects.toThrow('killed');
    expect(await sweepDeletions(deps)).toEqual({ counts: { finished: 1 }, more: false });
    expect(traces(tenantId)).toEqual([]);
    expect(await sweepDeletions(deps)).toEqual({ counts: { finished: 0 }, more: false });
  });

  test('removes what work that was under way wrote after the deletion', async () => {
    await deleteTenant(deps, tenantId, 'operator');
    await docs.set(stagePath(tenantId, 'late'), { jobId: 'job_one_runs' });
    await objects.put(`tenants/${tenantId}/sha256/late`, Buffer.from('late'), { contentType: 'model/gltf-binary' });
    nowMs += 5 * 60_000;
    await sweepDeletions(deps);
    expect([traces(tenantId), objectsOf(tenantId)]).toEqual([[], []]);
  });

  test('stops when its time is over, goes on with the next call, and counts nothing twice', async () => {
    const [documents, files] = [traces(tenantId).length, objectsOf(tenantId).length];
    await requestDeletion(deps, tenantId, 'operator');
    let calls = 0;
    for (let more = true; more; calls++) {
      if (calls > 60) throw new Error('the deletion never comes to its end');
      let asked = 0;
      ({ more } = await sweepDeletions({ ...deps, isOver: () => ++asked > 8 + calls }));
    }
    expect(calls).toBeGreaterThan(3);
    expect([traces(tenantId), objectsOf(tenantId)]).toEqual([[], []]);
    expect(await docs.get(tenantDeletionPath(tenantId))).toMatchObject({ state: 'done', documents, objects: files });
  });

  test('is the work of one process at a time', async () => {
    const documents = traces(tenantId).length;
    await requestDeletion(deps, tenantId, 'operator');
    const both = await Promise.all([sweepDeletions(deps), sweepDeletions(deps)]);
    expect(both.map(({ counts }) => counts.finished).sort()).toEqual([0, 1]);
    expect(await docs.get(tenantDeletionPath(tenantId))).toMatchObject({ state: 'done', documents });
  });

  test('deletes where nothing outside documents and objects can be removed', async () => {
    const { purgeOutside: _purgeOutside, ...without } = deps;
    await requestDeletion(deps, tenantId, 'operator');
    expect(await sweepDeletions(without)).toEqual({ counts: { finished: 1 }, more: false });
  });
});
