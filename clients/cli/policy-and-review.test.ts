import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { smallGlb } from '../../shared/testing/small-glb.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const program = resolve('dist/atlas.mjs');
const folder = tempFolder();
const file = (...names: string[]): string => join(folder, ...names);

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a process of its own, which becomes the server of its folder. */
const atlas = (...args: string[]): Promise<Run> =>
  new Promise((done) => {
    const env = { PATH: process.env.PATH, ATLAS_HOME: file('home'), ATLAS_THREADS: '1' };
    execFile(process.execPath, ['--no-warnings', program, ...args], { env }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await atlas(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file('crate.glb'), smallGlb());
  writeFileSync(file('recipe.yaml'), 'gate:\n  viewSizePx: 64\nbackOff:\n  rounds: 0\n');
  writeFileSync(file('policy.yaml'), 'checks:\n  limit_draw_calls: {action: review, limit: 0}\nreviewDays: 3\n');
});

describe('policy', () => {
  test('is set from a file, changed check by check, shown and cleared', async () => {
    const set = await json('policy', 'set', file('policy.yaml'));
    expect(set).toMatchObject({ checks: { limit_draw_calls: { action: 'review', limit: 0 } }, reviewDays: 3 });
    const changes = ['--check', 'holes=block', '-c', 'unreal/holes=off', '-c', 'limit_draw_calls=default'];
    expect(await json('policy', 'set', ...changes, '--review-days', '5')).toMatchObject({
      checks: { holes: { action: 'block' } },
      targets: { unreal: { holes: { action: 'off' } } },
      reviewDays: 5,
    });
    const { stdout } = await atlas('policy', 'show');
    expect(stdout).toMatch(/all +holes +block/);
    expect(stdout).toMatch(/unreal +holes +off/);
    expect(stdout).toMatch(/open for 5 days/);
    expect(await json('policy', 'clear')).toEqual({ checks: {}, reviewDays: 14, held: [] });
  });

  test('that names an unknown check ends with 1 and the nearest name', async () => {
    const { code, stderr } = await atlas('policy', 'set', '--check', 'floater=off');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Did you mean "floaters".*\/checks\/floater/)]);
    expect((await atlas('policy', 'set', '--check', 'holes')).stderr).toMatch(/code=action/);
  });
});

describe('review', () => {
  let jobId: string;
  beforeAll(async () => {
    await atlas('policy', 'set', file('policy.yaml'));
    const recipe = ['--recipe', file('recipe.yaml')];
    const made = await atlas('produce', file('crate.glb'), '-t', 'web', '-o', file('out'), ...recipe, '--json');
    expect(made.code).toBe(2);
    const result = JSON.parse(made.stdout);
    expect(result).toMatchObject({ status: 'needs_review', outputs: [] });
    ({ jobId } = result);
  });

  test('lists what waits, and fetches what it is to be judged by', async () => {
    expect((await atlas('review', 'list')).stdout).toMatch(new RegExp(`${jobId} .* web .*draw calls`));
    const { code, stdout } = await atlas('review', 'show', jobId, '--out', file('case'));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/open until/)]);
    expect(readdirSync(file('case', 'web'))).toEqual(
      expect.arrayContaining(['model.glb', 'report-page.html', 'report.json']),
    );
    expect(
      readFileSync(file('case', 'web', 'model.glb'))
        .subarray(0, 4)
        .toString(),
    ).toBe('glTF');
    expect(existsSync(file('case', 'web', 'model.glb.part'))).toBe(false);
  });

  test('approves once, and waits until the job is delivered', async () => {
    const job = await json('review', 'approve', jobId, '--reason', 'one draw call is fine');
    expect(job).toMatchObject({ status: 'delivered', review: { decided: { reason: 'one draw call is fine' } } });
    const again = await atlas('review', 'refuse', jobId, '--reason', 'no, it is not');
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/was approved at .*one draw call is fine/)]);
    expect(await json('review', 'list')).toEqual([]);
  });
});
