import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { deletionOf } from '../../functions/sweep/sweep.ts';
import { openSqlite } from '../../shared/adapters/local/sqlite.ts';
import { readConfig } from '../../shared/config.ts';
import { deleteTenant, sweepDeletions } from '../../shared/records/delete-tenant.ts';
import { Job, LimitsReport, Webhook } from '../../shared/schema/index.ts';
import { carelessMesh } from '../../shared/testing/careless-mesh.ts';
import { type LocalMode, localMode, runJob, smallViews, uploadBytes } from '../../shared/testing/local-mode.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';
import { changeLimits, removeTenant, showTenant } from './tenants.ts';

const source = carelessMesh({ seed: 5, triangles: 2000 });

/** Every row of every table that names the tenant, but for the record of its deletion. */
function rowsThatName(home: string, tenantId: string): string[] {
  const db = openSqlite(join(home, 'atlas.db'));
  try {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
    return tables.flatMap(({ name }) =>
      (db.prepare(`SELECT * FROM "${name}"`).all() as { path?: string }[])
        .filter((row) => row.path !== `tenantDeletions/${tenantId}`)
        .map((row) => JSON.stringify(row))
        .filter((text) => text.includes(tenantId))
        .map((text) => `${name} ${text.slice(0, 100)}`),
    );
  } finally {
    db.close();
  }
}

const filesThatName = (home: string, tenantId: string): string[] =>
  readdirSync(join(home, 'objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.includes(tenantId));

/** A job with a label, a webhook that cannot be reached, and one job that will not end. */
async function useEverything(mode: LocalMode): Promise<void> {
  const { api } = mode;
  await api.post('/v1/webhooks', { url: 'https://127.0.0.1/none' }, Webhook).catch(() => undefined);
  const request = {
    source: { kind: 'asset', assetId: await uploadBytes(api, 'a.glb', source) },
    targets: ['web'],
    recipe: smallViews,
  };
  const { job } = await runJob(api, { ...request, labels: { a: 'b' } });
  expect([job.error, job.status]).toEqual([undefined, 'delivered']);
  await api.post(
    '/v1/jobs',
    { ...request, targets: ['web', 'unreal'], recipe: { ...smallViews, convert: { triangles: 77 } } },
    Job,
    'k',
  );
}

describe('a tenant of the local mode', () => {
  test('is deleted by the running server, with jobs under way: no row and no file names it any more', async () => {
    const home = tempHome();
    const mode = await localMode(home);
    try {
      await useEverything(mode);
      expect(rowsThatName(home, mode.tenantId).length).toBeGreaterThan(20);
      expect(filesThatName(home, mode.tenantId).length).toBeGreaterThan(2);
      const deletion = deletionOf(mode.server.deps);
      const done = await deleteTenant(deletion, mode.tenantId, 'test');
      expect(done).toMatchObject({ state: 'done', documents: expect.any(Number) });
      await mode.server.deps.bus.stop();
      await sweepDeletions(deletion);
      expect(rowsThatName(home, mode.tenantId)).toEqual([]);
      expect(filesThatName(home, mode.tenantId)).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 3100));
      await expect(mode.api.get('/v1/limits', LimitsReport)).rejects.toThrow('no valid API key');
    } finally {
      await mode.server.close();
    }
  });

  test('is deleted at the command’s request by the server that works there', async () => {
    const home = tempHome();
    const mode = await localMode(home);
    const env = { PATH: process.env.PATH, ATLAS_HOME: home };
    const args = ['--no-warnings', 'dist/atlas.mjs', 'tenants', 'delete', mode.tenantId, '--yes', '--json'];
    try {
      let answer: string | undefined;
      const asked = promisify(execFile)(process.execPath, args, { env }).then(({ stdout }) => {
        answer = stdout;
      });
      // The server does this every thirty seconds by itself.
      for (; answer === undefined; await Promise.race([asked, new Promise((done) => setTimeout(done, 50))])) {
        await sweepDeletions(deletionOf(mode.server.deps));
      }
      expect(JSON.parse(answer)).toMatchObject({ tenantId: mode.tenantId, state: 'done', requestedBy: 'operator' });
      expect(rowsThatName(home, mode.tenantId)).toEqual([]);
    } finally {
      await mode.server.close();
    }
  });

  test('is deleted by the command alone when no server works there', async () => {
    const home = tempHome();
    const mode = await localMode(home);
    await useEverything(mode);
    await mode.server.close();
    const config = readConfig({ ATLAS_HOME: home });
    const done = await removeTenant(config, mode.tenantId);
    expect(done.executions).toBe(2);
    expect(rowsThatName(home, mode.tenantId)).toEqual([]);
    expect(filesThatName(home, mode.tenantId)).toEqual([]);
    expect(await removeTenant(config, mode.tenantId)).toEqual(done);
  });

  test('gives back the place of each job that ends, and holds its spend to what was charged', async () => {
    const home = tempHome();
    const mode = await localMode(home);
    try {
      const config = readConfig({ ATLAS_HOME: home });
      await changeLimits(config, mode.tenantId, { concurrentJobs: 1 });
      const assetId = await uploadBytes(mode.api, 'a.glb', source);
      const request = { source: { kind: 'asset', assetId }, targets: ['web'], recipe: smallViews };
      const first = await runJob(mode.api, request);
      const second = await runJob(mode.api, request);
      expect([first.job.status, second.job.status]).toEqual(['delivered', 'delivered']);
      const { report, limits } = await showTenant(config, mode.tenantId);
      const bytes = [first, second].flatMap(({ job }) => job.outputs.map(({ sizeBytes }) => sizeBytes));
      expect(limits).toEqual({ concurrentJobs: 1 });
      expect(report).toMatchObject({
        concurrentJobs: { limit: 1, used: 0 },
        storedBytes: { used: source.byteLength + bytes.reduce((sum, one) => sum + one, 0) },
        spendMicroUsdPerDay: {
          used: (first.job.chargedMicroUsd ?? Number.NaN) + (second.job.chargedMicroUsd ?? Number.NaN),
        },
      });
      expect(await mode.api.get('/v1/limits', z.looseObject({}))).toMatchObject({ storedBytes: report.storedBytes });
    } finally {
      await mode.server.close();
    }
  });
});

const folders = [tempFolder(), tempFolder(), tempFolder(), tempFolder()];
function tempHome(): string {
  const folder = folders.pop();
  if (!folder) throw new Error('more homes than were made');
  return folder;
}
