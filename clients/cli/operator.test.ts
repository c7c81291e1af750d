import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { scopePresets } from '../../shared/schema/index.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const program = resolve('dist/atlas.mjs');
const home = join(tempFolder(), 'home');

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a process of its own. */
const atlas = (...args: string[]): Promise<Run> =>
  new Promise((done) => {
    const env = { PATH: process.env.PATH, ATLAS_HOME: home };
    execFile(process.execPath, ['--no-warnings', program, ...args], { env }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await atlas(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

let made: { key: string; keyId: string; tenantId: string };
beforeAll(async () => {
  made = await json('keys', 'create', '--name', 'ci', '--preset', 'produce', '--expires-days', '30');
});

describe('keys', () => {
  test('are made with a preset and an end, and listed without their secrets', async () => {
    const [key] = await json('keys', 'list');
    expect(key).toMatchObject({ id: made.keyId, scopes: [...scopePresets.produce], expiresAt: expect.any(String) });
    const { stdout } = await atlas('keys', 'list');
    expect(stdout).toMatch(/produce/);
    expect(stdout).not.toContain(made.key.slice(35));
  });

  test('are made with scopes one by one; an unknown one is named with all that there are', async () => {
    const { keyId } = await json(
      'keys',
      'create',
      '-n',
      'x',
      '--tenant',
      made.tenantId,
      '--scopes',
      'jobs:read,usage:read',
    );
    const keys: { id: string; scopes: string[] }[] = await json('keys', 'list');
    expect(keys.find(({ id }) => id === keyId)?.scopes).toEqual(['jobs:read', 'usage:read']);
    const { code, stderr } = await atlas('keys', 'create', '-n', 'x', '--scopes', 'jobs:al');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/jobs:al.*audit:read/)]);
  });

  test('are rotated: a new secret under the same id', async () => {
    const rotated = await json('keys', 'rotate', made.keyId, '--grace-hours', '1');
    expect(rotated).toMatchObject({ keyId: made.keyId, previousValidUntil: expect.any(String) });
    expect(rotated.key.slice(0, 31)).toBe(made.key.slice(0, 31));
    expect(rotated.key).not.toBe(made.key);
    expect((await atlas('keys', 'rotate', made.keyId, '--grace-hours', '1000')).code).toBe(1);
  });
});

describe('tenants', () => {
  test('show limits and use; limits are set and given back', async () => {
    const set = ['tenants', 'set-limits', made.tenantId];
    await json(...set, '--concurrent-jobs', '3', '--stored-bytes', '1000');
    expect((await json('tenants', 'show', made.tenantId)).report).toMatchObject({
      concurrentJobs: { limit: 3, used: 0 },
      storedBytes: { limit: 1000, used: 0 },
    });
    expect((await json(...set, '--concurrent-jobs', 'default')).limits).toEqual({ storedBytes: 1000 });
    expect((await atlas('tenants', 'show', made.tenantId)).stdout).toMatch(/storedBytes +1000 +0/);
  });

  test.each([
    ['no limit at all', []],
    ['a limit that is no number', ['--concurrent-jobs', 'many']],
    ['a negative one', ['--concurrent-jobs=-1']],
    ['half a job', ['--concurrent-jobs', '0.5']],
    ['nothing', ['--stored-bytes', '']],
  ])('refuse %s', async (_case, args) => {
    expect((await atlas('tenants', 'set-limits', made.tenantId, ...args)).code).toBe(1);
  });

  test('are deleted only when it is meant, and then leave no key', async () => {
    const { tenantId } = await json('keys', 'create', '-n', 'short-lived');
    expect((await atlas('tenants', 'delete', tenantId)).stderr).toMatch(/--yes/);
    expect(await json('tenants', 'delete', tenantId, '--yes')).toMatchObject({ tenantId, state: 'done' });
    expect(JSON.stringify(await json('keys', 'list'))).not.toContain(tenantId);
    expect((await atlas('tenants', 'show', tenantId)).stderr).toMatch(/not_found/);
    const late = await atlas('keys', 'create', '-n', 'late', '--tenant', tenantId);
    expect([late.code, late.stderr]).toEqual([1, expect.stringMatching(/was deleted/)]);
  });
});

test('dead letters are listed though there are none, and one that is not there is told so', async () => {
  expect(await json('dead-letters', 'list')).toEqual([]);
  for (const args of [
    ['show', 'm_1'],
    ['replay', 'm_1'],
    ['drop', 'm_1', '--yes'],
  ]) {
    const { code, stderr } = await atlas('dead-letters', ...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/not_found/)]);
  }
  expect((await atlas('dead-letters', 'drop', 'm_1')).stderr).toMatch(/--yes/);
});
