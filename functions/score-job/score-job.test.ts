import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { findOptional } from '../../shared/optional-module.ts';
import { ScoreManifest } from '../../shared/schema/index.ts';
import { encodeOnnx } from '../../shared/testing/onnx/encode-onnx.ts';
import { endless, pinned, tinyModelFolder, tinyPx } from '../../shared/testing/onnx/tiny-models.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const root = tempFolder();
const entry = fileURLToPath(new URL('../../dist/score-job.mjs', import.meta.url));
const names = ['a.glb', 'b.glb', 'c.glb', 'd.glb', 'broken.glb'];
const files = names.map((name) => join(root, name));

beforeAll(async () => {
  for (const [i, path] of files.entries()) {
    writeFileSync(path, await writeGlb(sphereDocument({ segments: 8 + i })));
  }
  writeFileSync(files[4]!, readFileSync(files[0]!).subarray(0, 200));
});

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly lines: { message: string; [field: string]: unknown }[];
}

function start(
  args: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { PATH: process.env.PATH, ATLAS_OPTIONAL_MODULES: process.env.ATLAS_OPTIONAL_MODULES, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    const lines = text.split('\n').filter((line) => line.startsWith('{'));
    return { code, signal, lines: lines.map((line) => JSON.parse(line)) };
  });
  return { child, ended };
}
const run = (args: readonly string[], env?: Record<string, string>): Promise<Ended> => start(args, env).ended;

const manifestsIn = (out: string): string[] => readdirSync(out).filter((name) => name !== '.parts');
const readAll = (out: string): ScoreManifest[] =>
  manifestsIn(out).map((name) => ScoreManifest.parse(JSON.parse(readFileSync(join(out, name), 'utf8'))));

describe('the scoring job', () => {
  test('writes one manifest for each candidate, also for one that is broken, and none twice', async () => {
    const out = join(root, 'once');
    const first = await run(['--out', out, ...files]);
    expect(first).toMatchObject({ code: 0, signal: null });
    expect(first.lines.at(-1)).toMatchObject({ message: 'task ended', written: 5, cached: 0, failed: 0 });
    const manifests = readAll(out);
    expect(manifests.map(({ name }) => name).sort()).toEqual(names.toSorted());
    expect(manifests.find(({ name }) => name === 'broken.glb')).toMatchObject({
      ...{ status: 'not_drawn', failure: { code: 'file_truncated' } },
      validator: { score: 'not_scored' },
    });
    const again = await run(['--out', out, ...files]);
    expect(again.lines.at(-1)).toMatchObject({ written: 0, cached: 5 });
    expect(readAll(out)).toEqual(manifests);
  });

  test('does its share of the candidates as one of three tasks', async () => {
    const out = join(root, 'shared');
    mkdirSync(out);
    const shares: string[][] = [];
    for (const index of ['0', '1', '2']) {
      const before = manifestsIn(out);
      const { code } = await run(['--out', out, ...files.slice(0, 4)], {
        ...{ CLOUD_RUN_TASK_INDEX: index, CLOUD_RUN_TASK_COUNT: '3', CLOUD_RUN_TASK_ATTEMPT: '1' },
      });
      expect(code).toBe(0);
      shares.push(
        manifestsIn(out)
          .filter((name) => !before.includes(name))
          .map((name) => name.slice(0, 1)),
      );
    }
    expect(shares.map((share) => share.sort())).toEqual([['a', 'd'], ['b'], ['c']]);
  });

  test('is refused with a place that cannot be, and says so', async () => {
    const { code, lines } = await run(['--out', join(root, 'no'), ...files], { CLOUD_RUN_TASK_INDEX: '9' });
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ severity: 'ERROR', error: expect.stringMatching(/Task 9 of 1/) });
  });

  test('killed at any moment and run again, it leaves exactly one whole manifest for each candidate', async () => {
    const out = join(root, 'killed');
    mkdirSync(out);
    // From before the first to after the last write; whatever is seen in between is whole.
    for (const afterMs of [150, 400, 600, 800, 1100]) {
      const { child, ended } = start(['--out', out, ...files.slice(2)]);
      const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
      await ended;
      clearTimeout(timer);
      readAll(out);
    }
    expect((await run(['--out', out, ...files.slice(2)])).code).toBe(0);
    expect(
      readAll(out)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names.slice(2).toSorted());
  });

  test('ends at once when it is told to, and says how far it came', async () => {
    const slow = join(root, 'slow.glb');
    writeFileSync(slow, await writeGlb(sphereDocument({ segments: 300 })));
    const { child, ended } = start(['--out', join(root, 'told'), files[0]!, slow, files[1]!]);
    child.stderr?.once('data', () => child.kill('SIGTERM')); // The first candidate is scored; the second takes its time.
    const { code, lines } = await ended;
    expect(code).toBe(143);
    expect(lines.at(-1)).toMatchObject({ severity: 'WARNING', message: expect.stringMatching(/SIGTERM/), written: 1 });
    expect(manifestsIn(join(root, 'told'))).toHaveLength(1);
  });

  test('scores without models when the directory that it is given is none', async () => {
    const out = join(root, 'nowhere');
    const { code, lines } = await run(['--out', out, files[0]!], { ATLAS_MODELS_DIR: join(root, 'none') });
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ severity: 'WARNING', message: 'no models', code: 'models_unreadable' });
    expect(readAll(out)[0]?.notScored[0]).toMatchObject({ part: 'alignment', code: 'models_unreadable' });
  });
});

const whenThere = findOptional('onnxruntime-node') ? test : test.skip;

/** Of the first of a process’s children; undefined when it has none. Linux. */
const childOf = (pid: number): number | undefined => {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  return child ? Number(child) : undefined;
};

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((done) => setTimeout(done, 50));
}

whenThere('killed while a model runs, it leaves no process behind', async () => {
  const folder = join(root, 'endless');
  const model = { name: 'endless', kind: 'quality', ...pinned(folder, 'endless.onnx', encodeOnnx(endless)) };
  const input = { name: 'pixels', sizePx: tinyPx, mean: [0, 0, 0], std: [1, 1, 1] };
  const models = [{ ...model, input, output: { name: 'embedding' } }];
  pinned(folder, 'models.json', JSON.stringify({ version: 1, models }));
  const { child, ended } = start(['--out', join(root, 'orphan'), '--models', folder, files[0]!]);
  await until(() => childOf(child.pid!) !== undefined);
  const ofModels = childOf(child.pid!)!;
  const stat = (): string[] => readFileSync(`/proc/${ofModels}/stat`, 'utf8').split(' ');
  // Two seconds of processor time (ticks of 10 ms): the model has been loaded, and holds the process.
  await until(() => Number(stat()[13]) > 200);
  child.kill('SIGKILL');
  await ended;
  await until(() => !existsSync(`/proc/${ofModels}`));
});

whenThere('with a directory of models there is a total, and it is told what gave it', async () => {
  const models = tinyModelFolder(join(root, 'models'));
  const out = join(root, 'with-models');
  expect((await run(['--out', out, '--prompt', 'red', files[0]!], { ATLAS_MODELS_DIR: models })).code).toBe(0);
  const [manifest] = readAll(out);
  expect(manifest?.validator).toMatchObject({ score: expect.any(Number), missing: [] });
  expect(manifest?.models).toMatchObject({
    ...{ runtime: expect.stringMatching(/^onnxruntime-node 1\./), provider: expect.stringMatching(/^c/) },
    used: expect.arrayContaining([
      { name: 'tiny-lpips', kind: 'lpips', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]),
  });
  // Another prompt is another question: its manifest is another file.
  await run(['--out', out, '--prompt', 'Red', files[0]!], { ATLAS_MODELS_DIR: models });
  expect(manifestsIn(out)).toHaveLength(2);
});
