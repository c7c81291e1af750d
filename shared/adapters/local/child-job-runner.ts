import { spawn } from 'node:child_process';
import { AtlasError } from '../../errors.ts';
import type { JobRunner } from '../../ports/index.ts';

/** How much of a failed job’s output an error carries. */
const tailBytes = 2000;

/**
 * Runs a container job as a child process of this Node: the same entry, arguments and environment that the container
 * gets. `entries` names the script of each job; `env` is what the platform adds to every run.
 */
export function childJobRunner(entries: Record<string, string>, env: () => Record<string, string>): JobRunner {
  return {
    run(jobName, { args, env: overrides, timeoutMs, signal }) {
      const entry = entries[jobName];
      if (!entry) return Promise.reject(new AtlasError('not_found', `There is no job ${jobName}.`));
      return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [entry, ...args], {
          env: {
            PATH: process.env.PATH ?? '',
            CLOUD_RUN_JOB: jobName,
            CLOUD_RUN_TASK_INDEX: '0',
            CLOUD_RUN_TASK_COUNT: '1',
            ...env(),
            ...overrides,
          },
          stdio: ['ignore', 'ignore', 'pipe'],
          timeout: timeoutMs,
          killSignal: 'SIGKILL',
          ...(signal ? { signal } : {}),
        });
        let tail = '';
        child.stderr.on('data', (chunk: Buffer) => {
          tail = (tail + chunk.toString('utf8')).slice(-tailBytes);
        });
        child.on('error', (cause) =>
          reject(new AtlasError('work_crashed', `The job ${jobName} could not run.`, { cause })),
        );
        child.on('close', (code, killedBy) => {
          if (code === 0) resolve();
          else reject(new AtlasError('work_crashed', `The job ${jobName} ended with ${killedBy ?? code}: ${tail}`));
        });
      });
    },
  };
}
