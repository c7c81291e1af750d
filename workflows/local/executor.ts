import { acceptCallback, callbackNotFound } from './accept-callback.ts';
import { createExecution } from './create-execution.ts';
import { callbackResources, executionResource, stepEntryResource } from './execution-resource.ts';
import { executorCore } from './executor-core.ts';
import type { WorkflowExecutor } from './executor-interface.ts';
import type { ExecutorOptions } from './executor-options.ts';
import { RequestError } from './request-error.ts';
import { restHandler } from './rest/rest-handler.ts';
import { resumeExecutions } from './resume-executions.ts';

/** Makes an executor over a store. It runs nothing until something is created or `resumeAll` is called. */
export function workflowExecutor(options: ExecutorOptions): WorkflowExecutor {
  const core = executorCore(options);
  const { store, clock, deployed, lives, listeners, resource, project, location } = core;
  const executor: Omit<WorkflowExecutor, 'handle'> = {
    deploy: ({ workflowId, source }) => deployed.deploy(workflowId, source),
    createExecution: (request) => createExecution(core, request),
    getExecution: resource,
    listExecutions(workflowId, { limit = 100, offset = 0 } = {}) {
      const rows = store.listExecutions(workflowId, { limit, offset });
      return rows.map((row) => executionResource(lives.find(row.name)?.row ?? row, lives.find(row.name)?.machine));
    },
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
      const { name: execution, state } = resource(name);
      const live = lives.find(execution);
      return live === undefined || state !== 'ACTIVE' ? [] : callbackResources(execution, live.machine);
    },
    stepEntries(name) {
      const { name: execution } = resource(name);
      return store.listStepEntries(execution).map((entry) => stepEntryResource(execution, entry));
    },
    resumeAll: () => resumeExecutions(core),
    onFinished(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: lives.close,
  };
  const { authorize = () => Promise.resolve(false), onRefused = () => undefined } = options;
  return { ...executor, handle: restHandler(executor, { project, location, authorize, onRefused }) };
}
