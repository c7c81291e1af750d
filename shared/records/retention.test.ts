import { beforeEach, describe, expect, test } from '@jest/globals';
import { openSqlite } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import type { DocStore } from '../ports/index.ts';
import { defaultTenantLimits, type JobDocument } from '../schema/index.ts';
import { furnishJob, furnishUpload, memoryObjects } from '../testing/furnished-tenant.ts';
import { createApiKey } from './api-keys.ts';
import { jobPath } from './jobs.ts';
import { readLimits } from './quotas.ts';
import { expireFiles, type RetentionDeps, sweepRetention } from './retention.ts';
import { stagePath } from './stages.ts';

const day = 86_400_000;
const limits = { ...defaultTenantLimits, uploadRetentionDays: 10, fileRetentionDays: 30 };
let docs: DocStore;
let objects: ReturnType<typeof memoryObjects>;
let nowMs: number;
let world: RetentionDeps;
let tenantId: string;
const clock = { now: () => new Date(nowMs) };

beforeEach(async () => {
  docs = sqliteDocStore(openSqlite(':memory:'));
  objects = memoryObjects();
  nowMs = Date.parse('2026-11-23T10:00:00.000Z');
  world = { docs, objects, clock };
  ({ tenantId } = await createApiKey(docs, { name: 'one' }, clock));
});

const names = (): string[] => objects.keys().map((key) => key.slice(key.lastIndexOf('/') + 1));
const stored = async (): Promise<number> => (await readLimits(docs, clock, tenantId, 0)).storedBytes.used;
const job = (id: string, content: readonly string[], ended = true) =>
  furnishJob(world, tenantId, { id: `job_${id}`, content, ended });

describe('uploads', () => {
  test('go when their days are over, and their room comes back', async () => {
    await furnishUpload(world, tenantId, 'ast_old');
    nowMs += 5 * day;
    await furnishUpload(world, tenantId, 'ast_new');
    nowMs += 6 * day;
    expect(await expireFiles(world, tenantId, limits)).toEqual({ count: 1, more: false });
    expect(names()).toEqual(['ast_new']);
    expect(await docs.get(`tenants/${tenantId}/assets/ast_old`)).toBeUndefined();
    expect(await stored()).toBe(4);
  });

  test('stay while a job is under way, which may be about to read one', async () => {
    await furnishUpload(world, tenantId, 'ast_old');
    nowMs += 11 * day;
    await job('runs', [], false);
    expect(await expireFiles(world, tenantId, limits)).toEqual({ count: 0, more: false });
    expect(names()).toEqual(['ast_old']);
  });
});

describe('files of a job in review', () => {
  const stageKey = 'a'.repeat(64);
  const review = (id: string, settleInput: object) =>
    docs.set(
      jobPath(tenantId, id),
      { status: 'needs_review', review: { targets: ['web'], dueAt: '2027-01-01T00:00:00.000Z' }, settleInput },
      { merge: true },
    );
  const decide = (id: string) => docs.set(jobPath(tenantId, id), { status: 'delivered' }, { merge: true });

  test('stay however old they are, and so do those of the jobs behind it; once it is decided all go', async () => {
    await job('a', ['x']);
    await job('b', ['y']);
    await review('job_a', {});
    nowMs += 31 * day;
    expect(await expireFiles(world, tenantId, limits)).toEqual({ count: 0, more: false });
    expect(names()).toEqual(['job_a', 'job_b', 'x', 'y']);
    await decide('job_a');
    expect(await expireFiles(world, tenantId, limits)).toEqual({ count: 2, more: false });
    expect(names()).toEqual(['job_a', 'job_b']);
  });

  test('stay also where an earlier job made them', async () => {
    await job('a', ['x']);
    await docs.set(stagePath(tenantId, stageKey), { jobId: 'job_a', result: {} });
    nowMs += 31 * day;
    await job('b', []);
    await review('job_b', { targets: { web: { gateKey: stageKey } } });
    expect(await expireFiles(world, tenantId, limits)).toEqual({ count: 0, more: false });
    expect(names()).toContain('x');
    await decide('job_b');
    expect(await expireFiles(world, tenantId, limits)).toEqual({ count: 1, more: false });
    expect(names()).not.toContain('x');
  });
});

describe('files of an ended job', () => {
  test('go when their days are over; the job, its receipt and its usage stay', async () => {
    await job('a', ['x', 'y']);
    nowMs += 31 * day;
    expect(await expireFiles(world, tenantId, limits)).toEqual({ count: 1, more: false });
    expect(names()).toEqual(['job_a']);
    expect(await docs.get<JobDocument>(jobPath(tenantId, 'job_a'))).toMatchObject({
      status: 'delivered',
      filesDeletedAt: clock.now().toISOString(),
    });
    const kinds = (await docs.query<{ kind: string }>(`tenants/${tenantId}/assets`)).map(({ data }) => data.kind);
    expect(kinds).toEqual(['receipt']);
    expect(await docs.query(`tenants/${tenantId}/usage`)).toHaveLength(1);
    expect(await docs.get(stagePath(tenantId, 'stage-job_a'))).toBeUndefined();
    expect(await stored()).toBe(0);
  });

  test('that a younger job made too, or was given, stay until its own days are over', async () => {
    await job('a', ['x', 'shared']);
    nowMs += 20 * day;
    await job('b', ['shared']);
    nowMs += 11 * day;
    await expireFiles(world, tenantId, limits);
    expect(names()).toEqual(['job_a', 'job_b', 'shared']);
    nowMs += 20 * day;
    await expireFiles(world, tenantId, limits);
    expect(names()).toEqual(['job_a', 'job_b']);
  });

  test('are each dealt with once, however often it is looked', async () => {
    await job('a', ['x']);
    nowMs += 31 * day;
    expect((await expireFiles(world, tenantId, limits)).count).toBe(1);
    expect((await expireFiles(world, tenantId, limits)).count).toBe(0);
    expect(await stored()).toBe(0);
  });

  test('go whole when it is cut off between the records and the objects', async () => {
    await job('a', ['x', 'y']);
    nowMs += 31 * day;
    const cut = { ...objects, delete: () => Promise.reject(new Error('killed')) };
    await expect(expireFiles({ ...world, objects: cut }, tenantId, limits)).rejects.toThrow('killed');
    expect(names()).toContain('x');
    await expireFiles(world, tenantId, limits);
    expect(names()).toEqual(['job_a']);
    expect(await stored()).toBe(0);
  });
});

test('what two processes delete at once gives its room back once', async () => {
  for (const id of ['ast_one', 'ast_two', 'ast_three']) await furnishUpload(world, tenantId, id);
  await job('a', ['x', 'y']);
  nowMs += 31 * day;
  await furnishUpload(world, tenantId, 'ast_new');
  const both = [expireFiles(world, tenantId, limits), expireFiles(world, tenantId, limits)];
  await Promise.all(both);
  expect(names().sort()).toEqual(['ast_new', 'job_a']);
  expect(await stored()).toBe(4);
});

describe('the sweep', () => {
  const hour = 3_600_000;
  const expired = async (isOver?: () => boolean) => (await sweepRetention(world, isOver)).counts.expired;

  test('goes by the limits of each tenant, and looks every six hours', async () => {
    await docs.set(`tenants/${tenantId}`, { limits: { uploadRetentionDays: 1 } }, { merge: true });
    const { tenantId: patient } = await createApiKey(docs, { name: 'two' }, clock);
    expect(await expired()).toBe(0);
    await furnishUpload(world, tenantId, 'ast_mine');
    await furnishUpload(world, patient, 'ast_theirs');
    nowMs += 2 * day;
    expect(await expired()).toBe(1);
    expect(names()).toEqual(['ast_theirs']);
    await furnishUpload(world, tenantId, 'ast_again');
    await docs.set(`tenants/${tenantId}/assets/ast_again`, { createdAt: '2026-01-01' }, { merge: true });
    nowMs += 5 * hour;
    expect(await expired()).toBe(0);
    nowMs += hour;
    expect(await expired()).toBe(1);
  });

  test('stops when its time is over, and the next call goes on where it stopped', async () => {
    const tenants = [tenantId];
    for (const name of ['b', 'c', 'd']) tenants.push((await createApiKey(docs, { name }, clock)).tenantId);
    for (const [index, tenant] of tenants.entries()) await furnishUpload(world, tenant, `ast_${index}`);
    nowMs += 400 * day;
    const seen: number[] = [];
    for (let call = 0, more = true; more; call++) {
      if (call > 40) throw new Error('the sweep never comes to its end');
      const before = objects.keys().length;
      let asked = 0;
      const sweep = await sweepRetention(world, () => ++asked > 4);
      more = sweep.more;
      seen.push(before - objects.keys().length);
    }
    expect(names()).toEqual([]);
    expect(seen.filter((count) => count > 0).length).toBeGreaterThan(1);
    expect(await stored()).toBe(0);
  });

  test('is the work of one process at a time, and of the next when that one has died', async () => {
    await furnishUpload(world, tenantId, 'ast_old');
    nowMs += 400 * day;
    await docs.set('sweeps/retention', { holder: 'another', leaseUntilMs: nowMs + 1000 });
    expect(await expired()).toBe(0);
    nowMs += 1001;
    expect(await expired()).toBe(1);
  });

  test('deals with the other tenants when one fails, and tells of it', async () => {
    const { tenantId: other } = await createApiKey(docs, { name: 'two' }, clock);
    await furnishUpload(world, tenantId, 'ast_stuck');
    await furnishUpload(world, other, 'ast_other');
    nowMs += 400 * day;
    const stuck = {
      ...objects,
      delete: (key: string) => (key.endsWith('stuck') ? Promise.reject(new Error('no')) : objects.delete(key)),
    };
    await expect(sweepRetention({ ...world, objects: stuck })).rejects.toThrow('no');
    expect(names()).toEqual(['ast_stuck']);
    nowMs += 6 * hour;
    expect(await expired()).toBe(1);
  });

  test('reads three documents of a tenant that has nothing due, however many jobs it has', async () => {
    for (const id of ['a', 'b', 'c']) await job(id, ['x']);
    let reads = 0;
    const counting: DocStore = {
      ...docs,
      get: (path) => {
        reads += 1;
        return docs.get(path);
      },
      async query(collection, query) {
        const found = await docs.query<never>(collection, query);
        reads += Math.max(1, found.length);
        return found;
      },
      getAll: () => Promise.reject(new Error('counters need not be read')),
    };
    expect(await expireFiles({ ...world, docs: counting }, tenantId, limits)).toEqual({ count: 0, more: false });
    expect(reads).toBe(3);
  });

  test('costs one read while nothing is due', async () => {
    await expired();
    let reads = 0;
    const counting: DocStore = {
      ...docs,
      get: (path) => {
        reads += 1;
        return docs.get(path);
      },
      query: () => Promise.reject(new Error('nothing is to be asked')),
      transaction: () => Promise.reject(new Error('nothing is to be changed')),
    };
    expect(await sweepRetention({ ...world, docs: counting })).toEqual({ counts: { expired: 0 }, more: false });
    expect(reads).toBe(1);
  });
});
