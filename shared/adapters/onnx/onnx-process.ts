// The process in which models run. The one that started it ends it when a model takes too long; a model that brings it down
// takes nothing else along.
import { Worker } from 'node:worker_threads';
import type { ModelQuestion, ModelReply } from './model-messages.ts';
import { onnxRuntime } from './onnx-runtime.ts';
import { type OnnxSessions, onnxSessions } from './onnx-sessions.ts';

/** Inference holds this thread, so another one looks whether whoever started the process is still there. */
const watch = `
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500);`;
new Worker(watch, { eval: true }).unref();

let sessions: OnnxSessions | undefined;

async function reply({ id, request }: ModelQuestion): Promise<ModelReply> {
  try {
    sessions ??= onnxSessions(onnxRuntime());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { id, runtime: undefined, answer: { status: 'failed', code: 'runtime_missing', reason } };
  }
  const answer = await sessions.answer(request);
  return { id, answer, runtime: sessions.runtime() };
}

process.on('message', (question: ModelQuestion) => {
  void reply(question).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
// Both get the terminal’s interrupt; this one ends with the other.
process.on('SIGINT', () => undefined);
