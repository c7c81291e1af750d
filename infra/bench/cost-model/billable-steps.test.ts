import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { billableSteps } from './billable-steps.ts';

const count = (source: string, targets = 1) => billableSteps(parse(source), targets);

test('each assignment, condition and call is a step, and waiting for a callback an external one', () => {
  const source = `
main:
  steps:
    - set: { assign: [{ a: 1 }, { b: 2 }] }
    - ask: { switch: [{ condition: x, next: end }, { condition: y, next: end }] }
    - call_it: { call: sys.log, args: { text: hi } }
    - wait: { call: events.await_callback, args: { callback: c } }
`;
  expect(count(source)).toEqual({ internalSteps: 5, externalSteps: 1, stageCalls: 0 });
});

test('a subworkflow costs its call and its own steps, once for each target of a parallel loop', () => {
  const source = `
main:
  steps:
    - each:
        parallel:
          for: { value: t, in: x, steps: [{ go: { call: run_stage, args: {} } }] }
run_stage:
  steps:
    - inner: { try: { steps: [{ wait: { call: events.await_callback, args: {} } }] }, retry: x }
    - set: { assign: [{ a: 1 }] }
`;
  expect(count(source, 3)).toEqual({ internalSteps: 6, externalSteps: 3, stageCalls: 3 });
});

test('the workflow that makes an asset calls dispatch, settle, and three stages for each target', () => {
  const source = parse(readFileSync('workflows/produce-asset.yaml', 'utf8'));
  expect(billableSteps(source, 1).stageCalls).toBe(5);
  expect(billableSteps(source, 4)).toMatchObject({ stageCalls: 14, externalSteps: 14 });
});
