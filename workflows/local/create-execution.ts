import type { ExecutionResource } from './execution-resource.ts';
import type { ExecutorCore } from './executor-core.ts';
import type { CreateExecution } from './executor-interface.ts';
import { parseJson } from './json-text.ts';
import { limits } from './limits.ts';
import { newMachine } from './machine/run-machine.ts';
import { RequestError } from './request-error.ts';
import type { ExecutionRow } from './store/execution-store.ts';
import type { Value } from './value.ts';

/** Creates an execution and runs it; it is in the store when the promise resolves. @throws RequestError */
export async function createExecution(core: ExecutorCore, request: CreateExecution): Promise<ExecutionResource> {
  const { workflowId, argument = null, argumentJson, labels = {}, executionId = core.uuid() } = request;
  const revision = core.deployed.latest(workflowId);
  if (revision === undefined) throw new RequestError('NOT_FOUND', `workflow ${workflowId} was not found`);
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(executionId)) throw new RequestError('INVALID_ARGUMENT', 'invalid execution id');
  const { project, location } = core;
  const name = `projects/${project}/locations/${location}/workflows/${workflowId}/executions/${executionId}`;
  if (core.lives.find(name) !== undefined || core.store.loadExecution(name) !== undefined) {
    throw new RequestError('ALREADY_EXISTS', `execution ${name} exists already`);
  }
  const text = argumentJson ?? JSON.stringify(argument);
  const machine = newMachine(core.deployed.program(revision), readArgument(text));
  const row: ExecutionRow = {
    ...{ name, workflowId, revisionId: revision.revisionId, state: 'ACTIVE', argument: text, labels },
    ...{ startTime: core.clock.now(), endTime: null, result: null, error: null },
  };
  core.lives.add(core.liveExecution(row, true, machine));
  await core.lives.committed();
  return core.resource(name);
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
