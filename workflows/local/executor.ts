import { randomUUID } from 'node:crypto';
import { acceptCallback, callbackNotFound } from './accept-callback.ts';
import { systemClock } from './clock.ts';
import { type Deployments, deployments } from './deployments.ts';
import {
  callbackResources,
  type ExecutionResource,
  executionResource,
  stepEntryResource,
} from './execution-resource.ts';
import type { WorkflowExecutor } from './executor-interface.ts';
import type { ExecutorOptions } from './executor-options.ts';
import { parseJson } from './json-text.ts';
import { limits } from './limits.ts';
import { failed, type LiveExecution, liveExecutions } from './live-executions.ts';
import type { MachineHost } from './machine/machine-host.ts';
import { newMachine } from './machine/run-machine.ts';
import { readSnapshot } from './machine/snapshot.ts';
import type { MachineState } from './machine/state.ts';
import { operations } from './operations.ts';
import { RequestError } from './request-error.ts';
import { restHandler } from './rest/rest-handler.ts';
import type { ExecutionRow } from './store/execution-store.ts';
import type { Value } from './value.ts';
import { toWorkflowError } from './workflow-error.ts';

/** Makes an executor over a store. It runs nothing until something is created or `resumeAll` is called. */
export function workflowExecutor(options: ExecutorOptions): WorkflowExecutor {
  const { store } = options;
  const { project = 'local', location = 'local' } = options;
  const clock = options.clock ?? systemClock;
  const uuid = options.uuid ?? randomUUID;
  checkEnvironment(options.environment ?? {});
  const outside = operations(options, clock);
  const deployed: Deployments = deployments(store, clock, outside.isConnector);
  const listeners = new Set<(execution: ExecutionResource) => void>();
  const lives = liveExecutions({
    store,
    clock,
    start: outside.start,
    onFinished(row) {
      for (const listener of listeners) listener(executionResource(row, undefined));
    },
    onStoreError: (error) =>
      options.log?.({ execution: '', severity: 'CRITICAL', data: `the executions cannot be stored: ${String(error)}` }),
  });

  const hostOf = (row: ExecutionRow, sink: Pick<LiveExecution, 'entries'>): MachineHost => ({
    now: () => clock.now(),
    uuid,
    environment: (name) => builtIn(name, row, options) ?? options.environment?.[name],
    log: (entry) => options.log?.({ execution: row.name, ...entry }),
    callbackUrl: (id) => `${options.baseUrl?.() ?? 'http://localhost'}/v1/${row.name}/callbacks/${id}`,
    isConnector: outside.isConnector,
    stepEntry: (entry) => sink.entries.push(entry),
  });

  const liveOf = (row: ExecutionRow, rowChanged: boolean, machineOf: () => MachineState): LiveExecution => {
    const live = { row, rowChanged, entries: [], running: new Map(), machine: machineOf() } as Omit<
      LiveExecution,
      'host'
    >;
    return Object.assign(live, { host: hostOf(row, live) });
  };

  const resource = (name: string): ExecutionResource => {
    const live = lives.find(name);
    const row = live?.row ?? store.loadExecution(name);
    if (row === undefined) throw new RequestError('NOT_FOUND', `execution ${name} was not found`);
    return executionResource(row, live?.machine);
  };

  const executor: Omit<WorkflowExecutor, 'handle'> = {
    deploy: ({ workflowId, source }) => deployed.deploy(workflowId, source),
    async createExecution({ workflowId, argument, argumentJson, labels = {}, executionId = uuid() }) {
      const revision = deployed.latest(workflowId);
      if (revision === undefined) throw new RequestError('NOT_FOUND', `workflow ${workflowId} was not found`);
      if (!/^[A-Za-z0-9_-]{1,128}$/.test(executionId))
        throw new RequestError('INVALID_ARGUMENT', 'invalid execution id');
      const name = `projects/${project}/locations/${location}/workflows/${workflowId}/executions/${executionId}`;
      if (lives.find(name) !== undefined || store.loadExecution(name) !== undefined) {
        throw new RequestError('ALREADY_EXISTS', `execution ${name} exists already`);
      }
      const text = argumentJson ?? JSON.stringify(argument ?? null);
      const value = readArgument(text);
      const row: ExecutionRow = {
        ...{ name, workflowId, revisionId: revision.revisionId, state: 'ACTIVE', argument: text, labels },
        ...{ startTime: clock.now(), endTime: null, result: null, error: null },
      };
      lives.add(liveOf(row, true, () => newMachine(deployed.program(revision), value)));
      await lives.committed();
      return resource(name);
    },
    getExecution: resource,
    listExecutions: (workflowId, { limit = 100, offset = 0 } = {}) =>
      store
        .listExecutions(workflowId, { limit, offset })
        .map((row) => executionResource(lives.find(row.name)?.row ?? row, lives.find(row.name)?.machine)),
    async cancelExecution(name) {
      const live = lives.find(name);
      if (live === undefined || live.row.state !== 'ACTIVE') {
        throw new RequestError('FAILED_PRECONDITION', `execution ${resource(name).name} has ended already`);
      }
      lives.cancel(live);
      await lives.committed();
      return resource(name);
    },
    async deliverCallback(request) {
      const live = lives.find(request.execution);
      if (live === undefined || live.row.state !== 'ACTIVE') throw callbackNotFound(request);
      acceptCallback(live, request, clock.now());
      lives.run(live);
      await lives.committed();
    },
    listCallbacks(name) {
      const live = lives.find(name);
      return live === undefined ? [] : callbackResources(resource(name).name, live.machine);
    },
    stepEntries(name) {
      const { name: execution } = resource(name);
      return store.listStepEntries(execution).map((entry) => stepEntryResource(execution, entry));
    },
    resumeAll() {
      const unfinished = store.listUnfinished().filter(({ row }) => lives.find(row.name) === undefined);
      for (const { row, snapshot } of unfinished) {
        try {
          const revision = store.loadRevision(row.workflowId, row.revisionId);
          if (revision === undefined) throw new Error(`revision ${row.revisionId} is not in the store`);
          lives.restore(liveOf(row, false, () => readSnapshot(deployed.program(revision), snapshot)));
        } catch (error) {
          options.log?.({ execution: row.name, severity: 'ERROR', data: `cannot be resumed: ${String(error)}` });
          const end = failed(row, toWorkflowError(error), clock.now());
          store.commit([{ name: row.name, row: end, snapshot: null, entries: [] }]);
        }
      }
      return unfinished.length;
    },
    onFinished(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: lives.close,
  };
  const authorize = options.authorize ?? (() => Promise.resolve(false));
  return { ...executor, handle: restHandler(executor, { project, location, authorize }) };
}

function readArgument(text: string): Value {
  if (Buffer.byteLength(text) > limits.argumentBytes) {
    throw new RequestError('INVALID_ARGUMENT', `the argument has more than ${limits.argumentBytes} bytes`);
  }
  try {
    return parseJson(text);
  } catch (cause) {
    throw new RequestError('INVALID_ARGUMENT', 'the argument is not valid JSON', { cause });
  }
}

function checkEnvironment(environment: Readonly<Record<string, string>>): void {
  const entries = Object.entries(environment);
  if (entries.length > limits.userEnvironmentVariables) {
    throw new RequestError('INVALID_ARGUMENT', `more than ${limits.userEnvironmentVariables} environment variables`);
  }
  for (const [name, value] of entries) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^(GOOGLE|WORKFLOWS)/.test(name)) {
      throw new RequestError('INVALID_ARGUMENT', `${name} cannot name an environment variable`);
    }
    if (Buffer.byteLength(value) > limits.environmentValueBytes) {
      throw new RequestError('INVALID_ARGUMENT', `${name} has more than ${limits.environmentValueBytes} bytes`);
    }
  }
}

function builtIn(name: string, row: ExecutionRow, options: ExecutorOptions): string | undefined {
  switch (name) {
    case 'GOOGLE_CLOUD_PROJECT_ID':
      return options.project ?? 'local';
    case 'GOOGLE_CLOUD_PROJECT_NUMBER':
      return options.projectNumber ?? '0';
    case 'GOOGLE_CLOUD_LOCATION':
      return options.location ?? 'local';
    case 'GOOGLE_CLOUD_WORKFLOW_ID':
      return row.workflowId;
    case 'GOOGLE_CLOUD_WORKFLOW_REVISION_ID':
      return row.revisionId;
    case 'GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID':
      return row.name.slice(row.name.lastIndexOf('/') + 1);
    case 'GOOGLE_CLOUD_WORKFLOW_EXECUTION_ATTEMPT':
      return '1';
    default:
      return undefined;
  }
}
