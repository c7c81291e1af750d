import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { carelessMesh } from '../../shared/testing/careless-mesh.ts';
import { smallGlb } from '../../shared/testing/small-glb.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const program = resolve('dist/atlas.mjs');
const folder = tempFolder();
const file = (name: string): string => join(folder, name);

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a process of its own, in a folder of its own. */
const atlas = (...args: string[]): Promise<Run> => run(args, 'home');
const run = (args: string[], home: string): Promise<Run> =>
  new Promise((done) => {
    const env = { PATH: process.env.PATH, ATLAS_HOME: file(home), ATLAS_THREADS: '2' };
    execFile(process.execPath, ['--no-warnings', program, ...args], { env, maxBuffer: 16e6 }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file('raw.glb'), carelessMesh({ seed: 11, triangles: 8000 }));
  writeFileSync(file('cut.glb'), smallGlb().subarray(0, 100));
  writeFileSync(file('recipe.yaml'), 'convert:\n  triangles: 3700\n  lods: [0.5]\ngate:\n  viewSizePx: 128\n');
  writeFileSync(file('unknown-field.yaml'), 'convert:\n  triangels: 900\n');
});

describe('produce', () => {
  let made: Run;
  beforeAll(async () => {
    const targets = ['--target', 'web,mobile-ar', '--target', 'unreal'];
    made = await atlas(
      'produce',
      ...targets,
      file('raw.glb'),
      '--recipe',
      file('recipe.yaml'),
      '--out',
      file('out'),
      '--json',
    );
  });

  test('delivers every target, prints one JSON document and ends with 0', () => {
    const result = JSON.parse(made.stdout);
    expect([made.code, made.stderr, result.status, result.verdict]).toEqual([0, '', 'delivered', 'accepted']);
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining([
        'jobId',
        'verdict',
        'source',
        'outputs',
        'reports',
        'receipt',
        'usage',
        'stages',
        'durationMs',
      ]),
    );
    const models = result.outputs.map((output: { target: string; role: string; lod: number; triangles: number }) => [
      ...[output.target, output.role, output.lod],
      output.triangles <= (output.lod === 0 ? 3700 : 1850),
    ]);
    expect(models).toEqual(
      ['web', 'mobile-ar', 'unreal'].flatMap((target) => [
        [target, 'model', 0, true],
        [target, 'lod', 1, true],
      ]),
    );
    for (const { path, sizeBytes } of result.outputs) expect(readFileSync(path)).toHaveLength(sizeBytes);
  });

  test('puts the report beside the files, for programs and for people', () => {
    const { reports } = JSON.parse(made.stdout);
    expect(reports.map(({ target }: { target: string }) => target)).toEqual(['web', 'mobile-ar', 'unreal']);
    for (const { target, path, page } of reports) {
      expect(JSON.parse(readFileSync(path, 'utf8')).profile).toBe(target);
      expect(page).toBe(path.replace(/json$/, 'html'));
      expect(readFileSync(page, 'utf8')).toContain('<span class="sign" aria-hidden="true">✓</span> Accepted');
    }
  });

  test('leaves a receipt that verify accepts, and refuses once a file has changed', async () => {
    const { receipt, outputs } = JSON.parse(made.stdout);
    const good = await atlas('verify', receipt);
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('The receipt holds')]);
    writeFileSync(outputs[0].path, readFileSync(outputs[0].path).subarray(1));
    const bad = await atlas('verify', receipt, '--json');
    expect([bad.code, JSON.parse(bad.stdout).valid]).toEqual([1, false]);
  });

  test('shows plain lines where there is no terminal', async () => {
    const { code, stdout, stderr } = await atlas('produce', file('raw.glb'), '-t', 'web', '-o', file('out2'));
    expect(code).toBe(0);
    expect(stderr.split('\n')).toEqual(expect.arrayContaining(['job created', 'job delivered']));
    expect(stdout).toMatch(/Verdict {3}web: accepted/);
  });

  test('goes on under another process when the one that it relied on is killed', async () => {
    const child = execFile(process.execPath, ['--no-warnings', program, 'serve', '--port', '0'], {
      env: { PATH: process.env.PATH, ATLAS_HOME: file('shared'), ATLAS_LOG: 'ERROR' },
    });
    await new Promise<void>((ready) => child.stdout?.on('data', (text) => /ready/.test(text) && ready()));
    writeFileSync(file('long.glb'), carelessMesh({ seed: 12, triangles: 120_000 }));
    const done = run(['produce', file('long.glb'), '-t', 'web', '-o', file('out3')], 'shared');
    setTimeout(() => child.kill('SIGKILL'), 900);
    const { code, stdout } = await done;
    expect([code, stdout]).toEqual([0, expect.stringContaining('delivered')]);
  });
});

test.each([
  ['a file that is not there', ['produce', 'nothing.glb', '-t', 'web', '-o', 'x'], 'file_not_found'],
  ['a file that was cut off', ['produce', file('cut.glb'), '-t', 'web', '-o', file('x')], 'file_truncated'],
  ['a target that does not exist', ['produce', file('raw.glb'), '-t', 'webb', '-o', file('x')], 'unknown_target'],
  [
    'a recipe with an unknown field',
    ['produce', file('raw.glb'), '-t', 'web', '-r', file('unknown-field.yaml'), '-o', file('x')],
    'invalid_request',
  ],
  [
    'a price over the cap',
    ['produce', file('raw.glb'), '-t', 'web', '--max-cost', '0.0001', '-o', file('x')],
    'cost_cap_exceeded',
  ],
  ['a check of a file that was cut off', ['check', file('cut.glb'), '-t', 'web'], 'file_truncated'],
  ['a check for a target that does not exist', ['check', file('raw.glb'), '-t', 'rob'], 'unknown_target'],
  ['an inspection of nothing', ['inspect', file('nothing.glb')], 'file_not_found'],
  ['pictures of a file that was cut off', ['present', file('cut.glb'), '-o', file('x')], 'file_truncated'],
])('%s ends with 1, a sentence and, with --json, a document', async (_, args, code) => {
  const ended = await atlas(...args, '--json');
  expect([ended.code, JSON.parse(ended.stdout).error.code]).toEqual([1, code]);
  if (ended.stderr !== '') expect(ended.stderr).toMatch(new RegExp(`^atlas: .{10,} \\(${code}( at /.*)?\\)\n$`, 's'));
});

test('check rejects with 2 what breaks a hard limit, and says what to do', async () => {
  writeFileSync(file('dense.glb'), carelessMesh({ seed: 13, triangles: 60_000 }));
  const { code, stdout } = await atlas('check', file('dense.glb'), '--target', 'roblox-mesh');
  expect(code).toBe(2);
  expect(stdout).toMatch(/^Verdict {3}rejected for Roblox.* \(roblox-mesh, rules of .*\): \d+ errors?, /);
  expect(stdout).toMatch(/error {5}limit_triangles_per_mesh: \d+ triangles in one mesh; .*allows 20000\.\n +→ Lower/);
  expect(stdout).not.toContain('budget_exceeded');
});

test('check leaves the report as JSON, as a page and as pictures', async () => {
  const folder = file('checked');
  const { code, stdout } = await atlas('check', file('dense.glb'), '-t', 'roblox-mesh', '--out', folder, '--json');
  const report = JSON.parse(stdout);
  expect([code, report.verdict]).toEqual([2, 'rejected']);
  expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toEqual(report);
  const page = readFileSync(join(folder, 'report.html'), 'utf8');
  expect(page).toContain('Rejected: dense.glb for');
  for (const { message } of report.findings as { message: string }[]) expect(page).toContain(message.slice(0, 20));
  const names = (report.pictures as { name: string }[]).map(({ name }) => `${name}.webp`);
  expect(readdirSync(join(folder, 'pictures')).sort()).toEqual(names.sort());
  expect(page.match(/<img /g)).toHaveLength(names.length);
});

test('present draws a thumbnail, a turntable, a sheet, and a sheet and a page of before and after, and says by what', async () => {
  const to = ['--out', file('shown'), '--driver', 'cpu', '--json'];
  const args = ['present', file('raw.glb'), '--source', file('dense.glb'), ...to];
  const { code, stdout } = await atlas(...args);
  const { pictures, page, driver, driverReason } = JSON.parse(stdout);
  expect([driver, driverReason]).toEqual(['cpu', 'It was asked for']);
  expect(readFileSync(page, 'utf8')).toContain('<h1>Before and after</h1>');
  expect([code, pictures.map(({ name }: { name: string }) => name)]).toEqual([
    ...[0, ['thumbnail', 'turntable', 'contact-sheet', 'before-after']],
  ]);
  for (const { path, sizeBytes } of pictures) expect(readFileSync(path)).toHaveLength(sizeBytes);
});

test('inspect tells what is odd about a raw file', async () => {
  const { code, stdout } = await atlas('inspect', file('raw.glb'));
  expect([code, stdout]).toEqual([0, expect.stringContaining('Metallic was 1 only by omission')]);
  const { stats } = JSON.parse((await atlas('inspect', file('raw.glb'), '--json')).stdout);
  expect(stats.sizeBytes).toBe(readFileSync(file('raw.glb')).byteLength);
});

test('profiles lists every limit with its source', async () => {
  const { stdout } = await atlas('profiles', '--json');
  const profiles = JSON.parse(stdout) as { id: string; limits: Record<string, { source: string; checked: string }> }[];
  expect(profiles.map(({ id }) => id)).toEqual(['web', 'mobile-ar', 'roblox-mesh', 'unity-mobile', 'unreal']);
  for (const { limits } of profiles) {
    for (const { source, checked } of Object.values(limits)) {
      expect([source.length > 3, checked]).toEqual([true, expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
    }
  }
});

test('a key is shown once, kept as a hash, and can be revoked', async () => {
  const { key, keyId } = JSON.parse((await atlas('keys', 'create', '--name', 'test', '--json')).stdout);
  const listed = (await atlas('keys', 'list', '--json')).stdout;
  expect(listed).toContain(keyId);
  expect(listed).not.toContain(key);
  expect((await atlas('keys', 'revoke', keyId)).code).toBe(0);
  const kept = JSON.parse((await atlas('keys', 'list', '--json')).stdout) as { id: string; revokedAt?: string }[];
  expect(kept.find(({ id }) => id === keyId)?.revokedAt).toBeDefined();
});
