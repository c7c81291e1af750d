import type { ExecutionResource } from '../execution-resource.ts';
import { workflowExecutor } from '../executor.ts';
import type { WorkflowExecutor } from '../executor-interface.ts';
import type { ExecutorOptions } from '../executor-options.ts';
import type { Json } from '../json-text.ts';
import { memoryExecutionStore } from '../store/memory-execution-store.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

export interface TestRun {
  readonly executor: WorkflowExecutor;
  readonly clock: ManualClock;
  readonly execution: ExecutionResource;
}

/** Lets everything happen that can happen without time passing. */
export async function settle(turns = 12): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for an execution to end; whenever nothing else happens, time passes. */
export async function finish(executor: WorkflowExecutor, clock: ManualClock, name: string): Promise<ExecutionResource> {
  for (let round = 0; round < 2000; round += 1) {
    await settle();
    const execution = executor.getExecution(name);
    if (execution.state !== 'ACTIVE') return execution;
    clock.skip();
  }
  throw new Error('the execution does not end');
}

/** Deploys a source under the name `test`, runs it to its end and answers the execution. */
export async function runSource(
  source: string,
  options: Partial<ExecutorOptions> & { argument?: Json; clock?: ManualClock } = {},
): Promise<TestRun> {
  const { argument, clock = manualClock(), ...rest } = options;
  const executor = workflowExecutor({ store: memoryExecutionStore(), clock, ...rest });
  executor.deploy({ workflowId: 'test', source });
  const { name } = await executor.createExecution({
    workflowId: 'test',
    ...(argument === undefined ? {} : { argument }),
  });
  const execution = await finish(executor, clock, name);
  return { executor, clock, execution };
}

/** The result of a source as JSON text, or `Tag: message` of the error that it failed with. */
export async function outcomeOf(source: string, options: Parameters<typeof runSource>[1] = {}): Promise<string> {
  const { execution, executor } = await runSource(source, options);
  executor.close();
  if (execution.state === 'SUCCEEDED') return execution.result!;
  const payload = JSON.parse(execution.error!.payload) as string | { message?: string };
  return typeof payload === 'string' ? `raised ${payload}` : (payload.message ?? execution.error!.payload);
}

/** The error that a source failed with, as the map that `except` would see. */
export async function errorOf(source: string, options: Parameters<typeof runSource>[1] = {}): Promise<Json> {
  const { execution, executor } = await runSource(source, options);
  executor.close();
  if (execution.error === undefined) throw new Error(`the execution ended as ${execution.state}: ${execution.result}`);
  return JSON.parse(execution.error.payload) as Json;
}
