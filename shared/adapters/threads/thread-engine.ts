import { Worker } from 'node:worker_threads';
import { AtlasError } from '../../errors.ts';
import type { Engine, EngineOptions, EngineTask, EngineTasks, ThreadAnswer, ThreadRequest } from '../../ports/index.ts';

export interface ThreadEngineOptions {
  /** JavaScript file of the thread. */
  readonly entry: URL;
  readonly threads: number;
  readonly timeoutMs: number;
  /** JavaScript heap of one thread. */
  readonly heapMb: number;
  /** Growth of this process’s resident memory since the task began, past which the task is ended. */
  readonly memoryMb: number;
}

interface Task {
  readonly request: ThreadRequest;
  readonly options: EngineOptions;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: AtlasError) => void;
}

const memoryCheckMs = 50;
const residentMb = (): number => process.memoryUsage.rss() / 2 ** 20;

/**
 * Buffers that can move to the thread instead of being copied: those that own all their memory. Empty ones are copied:
 * one that was given away before is empty too, and only copying it throws.
 */
function movable(input: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) {
      const { buffer } = value;
      if (!(buffer instanceof ArrayBuffer) || value.byteLength === 0) return;
      if (value.byteLength === buffer.byteLength) found.add(buffer);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(input);
  return [...found];
}

const crashed = (cause: unknown): AtlasError => {
  const outOfHeap = (cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
  return outOfHeap
    ? new AtlasError('work_out_of_memory', 'The file needs more memory than one job may use.', { cause })
    : new AtlasError('work_crashed', 'The 3D worker ended unexpectedly.', { cause });
};

function answerTask(task: Task, answer: ThreadAnswer): void {
  if (answer.ok) {
    task.resolve(answer.output);
    return;
  }
  const { code, message, pointer } = answer;
  task.reject(new AtlasError(code, message, pointer === undefined ? {} : { pointer }));
}

/**
 * Runs one task on a thread and guards it: a timer, the caller’s signal, the thread’s own heap limit, and the growth of
 * resident memory (typed arrays, WASM and image decoders live outside the heap). Whatever trips ends the thread.
 *
 * @param overMemory - the error of a task that is ended for its memory
 */
function runGuarded(
  worker: Worker,
  task: Task,
  limits: ThreadEngineOptions,
  overMemory: () => AtlasError,
): Promise<'reusable' | 'ended'> {
  return new Promise((resolve) => {
    const timeoutMs = task.options.timeoutMs ?? limits.timeoutMs;
    const baseMb = residentMb();
    const finish = (state: 'reusable' | 'ended', settle: () => void): void => {
      clearTimeout(timer);
      clearInterval(memory);
      task.options.signal?.removeEventListener('abort', onAbort);
      worker.off('message', onAnswer).off('error', onError).off('exit', onExit);
      settle();
      if (state === 'reusable') resolve(state);
      else void worker.terminate().then(() => resolve(state));
    };
    const end = (error: AtlasError) => finish('ended', () => task.reject(error));
    const onAbort = () => end(new AtlasError('cancelled', 'The work was cancelled.'));
    const onAnswer = (answer: ThreadAnswer) => finish('reusable', () => answerTask(task, answer));
    const onError = (cause: unknown) => end(crashed(cause));
    const onExit = () => end(crashed(new Error('the thread exited')));
    const timer = setTimeout(
      () => end(new AtlasError('work_timeout', `The work took longer than ${Math.round(timeoutMs / 1000)} s.`)),
      timeoutMs,
    );
    const memory = setInterval(() => {
      if (residentMb() - baseMb > limits.memoryMb) end(overMemory());
    }, memoryCheckMs);
    task.options.signal?.addEventListener('abort', onAbort, { once: true });
    worker.once('message', onAnswer).once('error', onError).once('exit', onExit);
    try {
      worker.postMessage(task.request, movable(task.request.input));
    } catch (cause) {
      end(new AtlasError('internal', 'The input cannot be handed to a thread.', { cause }));
    }
  });
}

const shuttingDown = (): AtlasError => new AtlasError('cancelled', 'Atlas is shutting down.');

/**
 * 3D work on a fixed number of worker threads. A thread that was ended is replaced when the next task needs it. Resident
 * memory is the process’s: when it runs out while several tasks run, nobody knows whose it was. All of them may then be
 * asked for again, and as many tasks run one at a time, so that the next time the right one is refused.
 */
export function threadEngine(options: ThreadEngineOptions): Engine {
  const idle: Worker[] = [];
  const queue: Task[] = [];
  const running = new Set<Promise<void>>();
  const shutdown = new AbortController();
  /** Tasks still to be run alone. */
  let alone = 0;

  const overMemory = (): AtlasError => {
    if (running.size === 1) {
      return new AtlasError('work_out_of_memory', `The file needs more than ${options.memoryMb} MB of memory.`);
    }
    alone = Math.max(alone, running.size);
    return new AtlasError('work_crashed', 'Memory ran out while several files were worked on.');
  };

  const spawnThread = (): Worker => {
    const worker = new Worker(options.entry, {
      resourceLimits: { maxOldGenerationSizeMb: options.heapMb },
      stderr: false,
    });
    // A task may leave something behind that fails once nobody waits for the thread any more: an error without a
    // listener would end the process.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
    });
    return worker;
  };

  const work = async (task: Task): Promise<void> => {
    const worker = idle.pop() ?? spawnThread();
    worker.ref();
    if ((await runGuarded(worker, task, options, overMemory)) === 'ended') return;
    worker.unref();
    if (shutdown.signal.aborted) await worker.terminate();
    else idle.push(worker);
  };

  const next = (): void => {
    while (running.size < (alone > 0 ? 1 : options.threads)) {
      const task = queue.shift();
      if (!task) return;
      if (task.options.signal?.aborted) {
        task.reject(new AtlasError('cancelled', 'The work was cancelled.'));
        continue;
      }
      const isAlone = alone > 0;
      const done = work(task).finally(() => {
        if (isAlone) alone--;
        running.delete(done);
        next();
      });
      running.add(done);
    }
  };

  return {
    run<T extends EngineTask>(task: T, input: EngineTasks[T]['input'], runOptions: EngineOptions = {}) {
      return new Promise<EngineTasks[T]['output']>((resolve, reject) => {
        if (shutdown.signal.aborted) {
          reject(shuttingDown());
          return;
        }
        const signal = runOptions.signal ? AbortSignal.any([runOptions.signal, shutdown.signal]) : shutdown.signal;
        queue.push({
          request: { task, input },
          options: { ...runOptions, signal },
          resolve: resolve as (output: unknown) => void,
          reject,
        });
        next();
      });
    },
    async close() {
      for (const task of queue.splice(0)) task.reject(shuttingDown());
      shutdown.abort();
      await Promise.all(running);
      await Promise.all(idle.splice(0).map((worker) => worker.terminate()));
    },
  };
}
