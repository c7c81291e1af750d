import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import type { Engine, EngineTasks } from '../../ports/index.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { threadEngine } from './thread-engine.ts';

/** A thread whose tasks misbehave on demand: the file name says how. */
const program = `
import { parentPort } from 'node:worker_threads';
const held = [];
parentPort.on('message', ({ input }) => {
  const how = input.fileName;
  if (how === 'spin') for (;;) {}
  if (how === 'heap') for (;;) held.push(new Array(1e5).fill(held.length));
  if (how === 'buffers') for (;;) { const b = new Uint8Array(32 * 2 ** 20); b.fill(1); held.push(b); }
  if (how === 'exit') process.exit(3);
  if (how === 'throw') setImmediate(() => { throw new Error('boom'); });
  else if (how === 'refuse') parentPort.postMessage({ ok: false, code: 'file_empty', message: 'no bytes', pointer: '/x' });
  else parentPort.postMessage({ ok: true, output: { format: how, size: input.bytes.byteLength } });
});
`;

const entry = join(tempFolder(), 'thread.mjs');
writeFileSync(entry, program);
const engine: Engine = threadEngine({
  entry: pathToFileURL(entry),
  threads: 2,
  timeoutMs: 20_000,
  heapMb: 64,
  memoryMb: 512,
});
afterAll(() => engine.close());

const inspect = (how: string, options = {}, bytes = new Uint8Array(3)) =>
  engine.run('inspect', { bytes, fileName: how } as EngineTasks['inspect']['input'], options);

test('a task answers with its output', async () => {
  expect(await inspect('fine')).toEqual({ format: 'fine', size: 3 });
});

test('what a task refuses keeps its code and pointer', async () => {
  await expect(inspect('refuse')).rejects.toMatchObject({ code: 'file_empty', message: 'no bytes', pointer: '/x' });
});

test.each([
  ['an endless loop ends by the timer', 'spin', { timeoutMs: 200 }, 'work_timeout'],
  ['a full heap ends the thread, not the process', 'heap', {}, 'work_out_of_memory'],
  ['buffers outside the heap end by resident memory', 'buffers', {}, 'work_out_of_memory'],
  ['a thread that exits is a crash', 'exit', {}, 'work_crashed'],
  ['an exception out of nowhere is a crash', 'throw', {}, 'work_crashed'],
])('%s', async (_, how, options, code) => {
  await expect(inspect(how, options)).rejects.toMatchObject({ code });
  expect(await inspect('fine')).toEqual({ format: 'fine', size: 3 });
});

test('a cancelled task ends at once, also one that loops', async () => {
  const abort = new AbortController();
  const looping = inspect('spin', { signal: abort.signal });
  setTimeout(() => abort.abort(), 50);
  await expect(looping).rejects.toMatchObject({ code: 'cancelled' });
  await expect(inspect('fine', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
});

test('more tasks than threads wait for their turn', async () => {
  const answers = await Promise.all(Array.from({ length: 9 }, (_, n) => inspect('fine', {}, new Uint8Array(n))));
  expect(answers.map((answer) => (answer as unknown as { size: number }).size)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a closed engine refuses and forgets nothing that waits', async () => {
  const other = threadEngine({ entry: pathToFileURL(entry), threads: 1, timeoutMs: 1000, heapMb: 64, memoryMb: 512 });
  await other.close();
  await expect(other.run('inspect', { bytes: new Uint8Array(), fileName: 'fine' })).rejects.toMatchObject({
    code: 'cancelled',
  });
});
