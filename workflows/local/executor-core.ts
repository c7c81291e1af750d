import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from './clock.ts';
import { type Deployments, deployments } from './deployments.ts';
import { checkEnvironment, readEnvironment } from './environment.ts';
import { type ExecutionResource, executionResource } from './execution-resource.ts';
import type { ExecutorOptions } from './executor-options.ts';
import type { LiveExecution } from './live-execution.ts';
import { type LiveExecutions, liveExecutions } from './live-executions.ts';
import type { MachineHost } from './machine/machine-host.ts';
import type { MachineState } from './machine/state.ts';
import { operations } from './operations.ts';
import { RequestError } from './request-error.ts';
import type { ExecutionRow, ExecutionStore } from './store/execution-store.ts';

/** What the parts of the executor share. */
export interface ExecutorCore {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly project: string;
  readonly location: string;
  readonly deployed: Deployments;
  readonly lives: LiveExecutions;
  readonly listeners: Set<(execution: ExecutionResource) => void>;
  uuid(): string;
  log(execution: string, severity: string, message: string): void;
  /** Puts an execution together; `rowChanged` when the store does not have its row yet. */
  liveExecution(row: ExecutionRow, rowChanged: boolean, machine: MachineState): LiveExecution;
  /** An execution as Google shows it. @throws RequestError NOT_FOUND */
  resource(name: string): ExecutionResource;
}

export function executorCore(options: ExecutorOptions): ExecutorCore {
  const { store, project = 'local', location = 'local', clock = systemClock, uuid = randomUUID } = options;
  checkEnvironment(options.environment ?? {});
  const outside = operations(options, clock);
  const listeners: ExecutorCore['listeners'] = new Set();
  const log: ExecutorCore['log'] = (execution, severity, data) => options.log?.({ execution, severity, data });
  const lives = liveExecutions({
    ...{ store, clock, start: outside.start },
    onFinished(row) {
      for (const listener of listeners) {
        try {
          listener(executionResource(row, undefined));
        } catch (error) {
          log(row.name, 'ERROR', `a listener failed: ${String(error)}`);
        }
      }
    },
    onStoreError: (error) => log('', 'CRITICAL', `the executions cannot be stored: ${String(error)}`),
  });
  return {
    ...{ store, clock, project, location, lives, listeners, uuid, log },
    deployed: deployments(store, clock, outside.isConnector),
    liveExecution(row, rowChanged, machine) {
      const live: Omit<LiveExecution, 'host'> = { row, rowChanged, machine, entries: [], running: new Map() };
      const host: MachineHost = {
        now: () => clock.now(),
        uuid,
        environment: (name) => readEnvironment(name, row, options),
        log: (entry) => options.log?.({ execution: row.name, ...entry }),
        callbackUrl: (id) => `${options.baseUrl?.() ?? 'http://localhost'}/v1/${row.name}/callbacks/${id}`,
        isConnector: outside.isConnector,
        stepEntry: (entry) => live.entries.push(entry),
      };
      return Object.assign(live, { host });
    },
    resource(name) {
      const live = lives.find(name);
      const row = live?.row ?? store.loadExecution(name);
      if (row === undefined) throw new RequestError('NOT_FOUND', `execution ${name} was not found`);
      return executionResource(row, live?.machine);
    },
  };
}
