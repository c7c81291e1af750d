import { beforeEach, describe, expect, test } from '@jest/globals';
import { openSqlite } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import type { DocStore } from '../ports/index.ts';
import { defaultTenantLimits, type JobDocument } from '../schema/index.ts';
import { furnishJob, furnishUpload, memoryObjects } from '../testing/furnished-tenant.ts';
import { createApiKey } from './api-keys.ts';
import { jobPath } from './jobs.ts';
import { readLimits } from './quotas.ts';
import { expireFiles, type RetentionDeps, retentionSweep } from './retention.ts';
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
    expect(await expireFiles(world, tenantId, limits)).toBe(1);
    expect(names()).toEqual(['ast_new']);
    expect(await docs.get(`tenants/${tenantId}/assets/ast_old`)).toBeUndefined();
    expect(await stored()).toBe(4);
  });

  test('stay while a job is under way, which may be about to read one', async () => {
    await furnishUpload(world, tenantId, 'ast_old');
    nowMs += 11 * day;
    await job('runs', [], false);
    expect(await expireFiles(world, tenantId, limits)).toBe(0);
    expect(names()).toEqual(['ast_old']);
  });
});

describe('files of an ended job', () => {
  test('go when their days are over; the job, its receipt and its usage stay', async () => {
    await job('a', ['x', 'y']);
    nowMs += 31 * day;
    expect(await expireFiles(world, tenantId, limits)).toBe(1);
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
    expect([await expireFiles(world, tenantId, limits), await expireFiles(world, tenantId, limits)]).toEqual([1, 0]);
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

test('the sweep goes by the limits of each tenant, and looks once an hour', async () => {
  await docs.set(`tenants/${tenantId}`, { limits: { uploadRetentionDays: 1 } }, { merge: true });
  const { tenantId: patient } = await createApiKey(docs, { name: 'two' }, clock);
  const sweep = retentionSweep(world);
  expect(await sweep()).toBe(0);
  await furnishUpload(world, tenantId, 'ast_mine');
  await furnishUpload(world, patient, 'ast_theirs');
  nowMs += 2 * day;
  expect(await sweep()).toBe(1);
  expect(names()).toEqual(['ast_theirs']);
  await furnishUpload(world, tenantId, 'ast_again');
  nowMs += 60_000;
  expect(await sweep()).toBe(0);
});
