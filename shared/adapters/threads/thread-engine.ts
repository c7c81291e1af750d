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

/** Buffers that can move to the thread instead of being copied: those that own all their memory. */
function movable(input: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) {
      const { buffer } = value;
      if (buffer instanceof ArrayBuffer && value.byteLength === buffer.byteLength) found.add(buffer);
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

/**
 * Runs one task on a thread and guards it: a timer, the caller’s signal, the thread’s own heap limit, and the growth of
 * resident memory (typed arrays, WASM and image decoders live outside the heap). Whatever trips ends the thread.
 */
function runGuarded(worker: Worker, task: Task, limits: ThreadEngineOptions): Promise<'reusable' | 'ended'> {
  return new Promise((resolve) => {
    const timeoutMs = task.options.timeoutMs ?? limits.timeoutMs;
    const baseMb = residentMb();
    const finish = (state: 'reusable' | 'ended', settle: () => void): void => {
      clearTimeout(timer);
      clearInterval(memory);
      task.options.signal?.removeEventListener('abort', onAbort);
      worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
      settle();
      if (state === 'reusable') resolve(state);
      else void worker.terminate().then(() => resolve(state));
    };
    const end = (error: AtlasError) => finish('ended', () => task.reject(error));
    const onAbort = () => end(new AtlasError('cancelled', 'The work was cancelled.'));
    const timer = setTimeout(
      () => end(new AtlasError('work_timeout', `The work took longer than ${Math.round(timeoutMs / 1000)} s.`)),
      timeoutMs,
    );
    const memory = setInterval(() => {
      if (residentMb() - baseMb > limits.memoryMb) {
        end(new AtlasError('work_out_of_memory', `The file needs more than ${limits.memoryMb} MB of memory.`));
      }
    }, memoryCheckMs);
    task.options.signal?.addEventListener('abort', onAbort, { once: true });
    if (task.options.signal?.aborted) {
      onAbort();
      return;
    }
    worker.once('message', (answer: ThreadAnswer) =>
      finish('reusable', () => {
        if (answer.ok) task.resolve(answer.output);
        else
          task.reject(
            new AtlasError(
              answer.code,
              answer.message,
              answer.pointer === undefined ? {} : { pointer: answer.pointer },
            ),
          );
      }),
    );
    worker.once('error', (cause) => end(crashed(cause)));
    worker.once('exit', () => end(crashed(new Error('the thread exited'))));
    worker.postMessage(task.request, movable(task.request.input));
  });
}

/** 3D work on a fixed number of worker threads. A thread that was ended is replaced when the next task needs it. */
export function threadEngine(options: ThreadEngineOptions): Engine {
  const idle: Worker[] = [];
  const queue: Task[] = [];
  let busy = 0;
  let closed = false;

  const spawnThread = (): Worker =>
    new Worker(options.entry, { resourceLimits: { maxOldGenerationSizeMb: options.heapMb }, stderr: false });

  const next = (): void => {
    if (busy >= options.threads) return;
    const task = queue.shift();
    if (!task) return;
    busy++;
    const worker = idle.pop() ?? spawnThread();
    worker.ref();
    void runGuarded(worker, task, options).then((state) => {
      busy--;
      if (state === 'reusable' && !closed) {
        worker.unref();
        idle.push(worker);
      } else if (state === 'reusable') void worker.terminate();
      next();
    });
  };

  return {
    run<T extends EngineTask>(task: T, input: EngineTasks[T]['input'], runOptions: EngineOptions = {}) {
      return new Promise<EngineTasks[T]['output']>((resolve, reject) => {
        if (closed) reject(new AtlasError('cancelled', 'Atlas is shutting down.'));
        queue.push({
          request: { task, input },
          options: runOptions,
          resolve: resolve as (output: unknown) => void,
          reject,
        });
        next();
      });
    },
    async close() {
      closed = true;
      for (const task of queue.splice(0)) task.reject(new AtlasError('cancelled', 'Atlas is shutting down.'));
      await Promise.all(idle.splice(0).map((worker) => worker.terminate()));
    },
  };
}
