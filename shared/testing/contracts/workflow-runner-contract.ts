import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ExecutionState, WorkflowRunner } from '../../ports/index.ts';

export interface WorkflowRunnerPlace {
  readonly runner: WorkflowRunner;
  /** A workflow that is deployed there; its argument `how` is `wait`, `fail` or `return`. */
  readonly workflowId: string;
  /** Makes the engine unreachable for good. */
  cutOff(): Promise<void>;
}

/** What every adapter of `WorkflowRunner` promises. */
export function workflowRunnerContract(name: string, make: () => Promise<WorkflowRunnerPlace>): void {
  describe(`workflow runner: ${name}`, () => {
    let place: WorkflowRunnerPlace;
    beforeAll(async () => {
      place = await make();
    });
    afterAll(() => place.cutOff());

    const begin = (how: string): Promise<string> => place.runner.start(place.workflowId, { how });
    /** Waits until the execution is no longer active. */
    const endOf = async (execution: string): Promise<ExecutionState> => {
      for (;;) {
        const state = await place.runner.state(execution);
        if (state !== 'active') return state;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };

    test('an execution is active, then as it ended', async () => {
      const waiting = await begin('wait');
      expect(await place.runner.state(waiting)).toBe('active');
      expect(await endOf(await begin('return'))).toBe('succeeded');
      expect(await endOf(await begin('fail'))).toBe('failed');
      await place.runner.cancel(waiting);
      expect(await place.runner.state(waiting)).toBe('cancelled');
    });

    test('an execution that never was is gone', async () => {
      expect(await place.runner.state(place.runner.nameOf(place.workflowId, 'no-such-execution'))).toBe('gone');
    });

    test('a name is made from workflow and id as the engine makes it', async () => {
      const execution = await begin('return');
      expect(place.runner.nameOf(place.workflowId, execution.slice(execution.lastIndexOf('/') + 1))).toBe(execution);
    });

    test('cancelling what has ended, or never was, changes nothing', async () => {
      const ended = await begin('return');
      await endOf(ended);
      await place.runner.cancel(ended);
      await place.runner.cancel(place.runner.nameOf(place.workflowId, 'no-such-execution'));
      expect(await place.runner.state(ended)).toBe('succeeded');
    });

    test('an engine that cannot be asked is an error, not a state', async () => {
      const waiting = await begin('wait');
      await place.cutOff();
      await expect(place.runner.state(waiting)).rejects.toMatchObject({ code: 'store_unavailable' });
      await expect(place.runner.cancel(waiting)).rejects.toMatchObject({ code: 'store_unavailable' });
    });
  });
}
