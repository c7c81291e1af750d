import './compile-wasm-fully.ts';
import { parentPort } from 'node:worker_threads';
import { AtlasError, toAtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import type { ThreadAnswer, ThreadRequest } from '../../shared/ports/index.ts';
import { runTask } from './run-task.ts';

/** Buffers of the output that the thread gives away instead of copying. */
function ownedBuffers(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (value instanceof Uint8Array) {
    if (value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) ownedBuffers(part, found);
  }
  return found;
}

/** What V8 says when a typed array, a string or an array is larger than it can be or than memory allows. */
const outOfMemory = /allocation failed|invalid (typed )?array (buffer )?length|invalid string length/i;

function asAtlasError(thrown: unknown): AtlasError {
  if (thrown instanceof RangeError && outOfMemory.test(thrown.message)) {
    return new AtlasError('work_out_of_memory', 'The file needs more memory than one job may use.', { cause: thrown });
  }
  return toAtlasError(thrown);
}

/** The entry of a worker thread: takes one task at a time, answers with its output or its error. */
async function answer(request: ThreadRequest): Promise<ThreadAnswer> {
  try {
    return { ok: true, output: await runTask(request.task, request.input as never) };
  } catch (thrown) {
    const error = asAtlasError(thrown);
    if (error.code === 'internal') process.stderr.write(`${describeError(thrown)}\n`);
    return {
      ok: false,
      code: error.code,
      message: error.message,
      ...(error.pointer === undefined ? {} : { pointer: error.pointer }),
    };
  }
}

parentPort?.on('message', (request: ThreadRequest) => {
  void answer(request).then((result) => {
    parentPort?.postMessage(result, result.ok ? [...ownedBuffers(result.output)] : []);
  });
});
