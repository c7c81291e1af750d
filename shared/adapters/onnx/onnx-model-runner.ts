import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ModelAnswer, ModelRequest, ModelRunner, ModelRuntime } from '../../ports/index.ts';
import type { ModelQuestion, ModelReply } from './model-messages.ts';

/** How much of what the process wrote before it crashed is told. */
const tailBytes = 300;

interface Running {
  readonly child: ChildProcess;
  /** The end of what it wrote. */
  tail: string;
}

/** The variables that the process of the models needs: nothing of stores, keys or projects. */
const handedOn =
  /^(PATH|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|ATLAS_OPTIONAL_MODULES|LD_LIBRARY_PATH|(CUDA|NVIDIA|ORT)_.*)$/i;

function start(entry: string): Running {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => handedOn.test(name)));
  const child = fork(entry, [], {
    ...{ env, execArgv: [], serialization: 'advanced' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const running: Running = { child, tail: '' };
  child.on('error', () => undefined); // Whoever asks is told; while nobody does, it must not end this process.
  child.stderr?.on('data', (chunk: Buffer) => {
    running.tail = (running.tail + chunk.toString('utf8')).slice(-tailBytes);
  });
  return running;
}

/** Asks the process once. Whatever happens to it, or does not happen, there is an answer in time. */
function ask(running: Running, question: ModelQuestion): Promise<Omit<ModelReply, 'id'>> {
  const { child } = running;
  const { timeoutMs } = question.request;
  return new Promise((resolve) => {
    const end = (answer: ModelAnswer, runtime?: ModelRuntime): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      resolve({ answer, runtime });
    };
    const crashed = (how: string): void =>
      end({
        status: 'failed',
        code: 'crashed',
        reason: `The process of the models ended with ${how}. ${running.tail}`.trim(),
      });
    const onMessage = (reply: ModelReply): void => {
      if (reply.id === question.id) end(reply.answer, reply.runtime);
    };
    const onExit = (code: number | null, signal: string | null): void => crashed(String(signal ?? code));
    const onError = (error: Error): void => crashed(error.message);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end({ status: 'failed', code: 'timed_out', reason: `The model took longer than ${timeoutMs} ms.` });
    }, timeoutMs);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    child.send(question, (error) => {
      if (error) onError(error);
    });
  });
}

/**
 * Models run by onnxruntime-node, in a process of their own: CUDA where it works, else the processor. A model that took too
 * long or brought its process down is not asked again by this runner: it would do the same to every candidate.
 *
 * @param entry - JavaScript file of that process.
 */
export function onnxModelRunner(entry: string): ModelRunner {
  const given = new Map<string, ModelAnswer>();
  let running: Running | undefined;
  let runtime: ModelRuntime | undefined;
  let asked = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function runNow(request: ModelRequest): Promise<ModelAnswer> {
    const known = given.get(request.model.path);
    if (known) return known;
    if (running && (running.child.exitCode !== null || running.child.signalCode !== null)) running = undefined;
    running ??= start(entry);
    const reply = await ask(running, { id: ++asked, request });
    runtime = reply.runtime ?? runtime;
    const { answer } = reply;
    if (answer.status === 'failed' && (answer.code === 'timed_out' || answer.code === 'crashed')) {
      running = undefined;
      given.set(request.model.path, answer);
    }
    return answer;
  }

  return {
    run(request) {
      const turn = last.then(() => runNow(request));
      last = turn;
      return turn;
    },
    runtime: () => runtime,
    async close() {
      const child = running?.child;
      running = undefined;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
