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
  if (how === 'slow') { setTimeout(() => parentPort.postMessage({ ok: true, output: { format: how } }), 1500); return; }
  if (how === 'late') setTimeout(() => { throw new Error('too late'); }, 20);
  if (how === 'throw') setImmediate(() => { throw new Error('boom'); });
  else if (how === 'refuse') parentPort.postMessage({ ok: false, code: 'file_empty', message: 'no bytes', pointer: '/x' });
  else parentPort.postMessage({ ok: true, output: { format: how, size: input.bytes.byteLength } });
});
`;

const entry = join(tempFolder(), 'thread.mjs');
writeFileSync(entry, program);
const limits = { entry: pathToFileURL(entry), threads: 2, timeoutMs: 20_000, heapMb: 64, memoryMb: 512 };
const engine: Engine = threadEngine(limits);
afterAll(() => engine.close());

const task = (how: string, bytes = new Uint8Array(3)): EngineTasks['inspect']['input'] => ({ bytes, fileName: how });
const inspect = (how: string, options = {}, bytes?: Uint8Array<ArrayBuffer>) =>
  engine.run('inspect', task(how, bytes), options);

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

test('a task that was cancelled while it waited never starts, and takes no thread along', async () => {
  const one = threadEngine({ ...limits, threads: 1 });
  const abort = new AbortController();
  const looping = one.run('inspect', task('spin'), { timeoutMs: 300 });
  const waiting = one.run('inspect', task('spin'), { signal: abort.signal });
  abort.abort();
  await expect(looping).rejects.toMatchObject({ code: 'work_timeout' });
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await one.close();
});

test('an error that a thread raises after its answer ends the thread, not the process', async () => {
  const one = threadEngine({ ...limits, threads: 1 });
  expect(await one.run('inspect', task('late'))).toMatchObject({ format: 'late' });
  // The thread fails while it is idle; the next task gets another one, or this one before it fails.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await one.run('inspect', task('fine'))).toMatchObject({ format: 'fine' });
  await one.close();
});

test('memory that runs out while several tasks run is laid to the right one when they are asked for again', async () => {
  const first = await Promise.allSettled([inspect('slow'), inspect('buffers')]);
  const [slow, buffers] = first.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done'));
  // Whichever was ended first, the one that only stood beside it is never refused for good.
  expect([slow, buffers]).toContain('work_crashed');
  expect(['done', 'work_crashed']).toContain(slow);
  expect(['work_crashed', 'work_out_of_memory']).toContain(buffers);
  const again = await Promise.allSettled([inspect('slow'), inspect('buffers')]);
  expect(again).toEqual([
    { status: 'fulfilled', value: { format: 'slow' } },
    { status: 'rejected', reason: expect.objectContaining({ code: 'work_out_of_memory' }) },
  ]);
});

test('input that cannot be handed over is refused at once, and the next task runs', async () => {
  const taken = new Uint8Array(3);
  structuredClone(taken.buffer, { transfer: [taken.buffer] });
  await expect(inspect('fine', {}, taken)).rejects.toMatchObject({ code: 'internal' });
  expect(await inspect('fine')).toEqual({ format: 'fine', size: 3 });
});

test('closing ends what runs and what waits, and refuses what comes later', async () => {
  const other = threadEngine({ ...limits, threads: 1 });
  const running = other.run('inspect', task('spin'));
  const waiting = other.run('inspect', task('fine'));
  const outcomes = Promise.allSettled([running, waiting]);
  await other.close();
  const cancelled = { status: 'rejected', reason: expect.objectContaining({ code: 'cancelled' }) };
  expect(await outcomes).toEqual([cancelled, cancelled]);
  await expect(other.run('inspect', task('fine'))).rejects.toMatchObject({ code: 'cancelled' });
});
