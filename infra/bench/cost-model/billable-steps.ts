import { z } from 'zod';

/** A step of the workflow language, as far as its price goes. */
const Step = z.looseObject({
  assign: z.array(z.unknown()).optional(),
  call: z.string().optional(),
  switch: z.array(z.looseObject({ steps: z.array(z.unknown()).optional() })).optional(),
  steps: z.array(z.unknown()).optional(),
  try: z.looseObject({ call: z.string().optional(), steps: z.array(z.unknown()).optional() }).optional(),
  parallel: z.looseObject({ for: z.looseObject({ steps: z.array(z.unknown()) }) }).optional(),
});
const Steps = z.array(z.record(z.string(), z.unknown()));
const Source = z.record(z.string(), z.looseObject({ steps: z.array(z.unknown()) }));

export interface StepCount {
  readonly internalSteps: number;
  readonly externalSteps: number;
  /** Calls of `run_stage`: one message and one function request each. */
  readonly stageCalls: number;
}

const sum = (counts: readonly StepCount[]): StepCount => ({
  internalSteps: counts.reduce((total, { internalSteps }) => total + internalSteps, 0),
  externalSteps: counts.reduce((total, { externalSteps }) => total + externalSteps, 0),
  stageCalls: counts.reduce((total, { stageCalls }) => total + stageCalls, 0),
});
const internal = (internalSteps: number): StepCount => ({ internalSteps, externalSteps: 0, stageCalls: 0 });

/**
 * Counts the billable steps of a job that goes well, from the source itself: each call, each assignment and each tested
 * condition is one; waiting for a callback is an external step; a subworkflow costs its own steps besides its call
 * (https://cloud.google.com/workflows/pricing). A `parallel for` runs once a target. Branches of a switch count as not
 * taken, error handlers as not reached.
 */
export function billableSteps(source: unknown, targets: number): StepCount {
  const routines = Source.parse(source);
  const ofCall = (name: string): StepCount => {
    if (name === 'events.await_callback') return { internalSteps: 0, externalSteps: 1, stageCalls: 0 };
    const routine = routines[name];
    if (!routine) return internal(1);
    return sum([internal(1), ofSteps(routine.steps), { ...internal(0), stageCalls: name === 'run_stage' ? 1 : 0 }]);
  };
  const ofSteps = (steps: readonly unknown[]): StepCount =>
    sum(Steps.parse(steps).flatMap((entry) => Object.values(entry).map(ofStep)));
  const ofStep = (raw: unknown): StepCount => {
    const step = Step.parse(raw);
    const parts: StepCount[] = [internal((step.assign?.length ?? 0) + (step.switch?.length ?? 0))];
    if (step.call) parts.push(ofCall(step.call));
    if (step.steps) parts.push(ofSteps(step.steps));
    if (step.try?.call) parts.push(ofCall(step.try.call));
    if (step.try?.steps) parts.push(ofSteps(step.try.steps));
    if (step.parallel) for (let i = 0; i < targets; i++) parts.push(ofSteps(step.parallel.for.steps));
    return sum(parts);
  };
  return ofSteps(routines.main?.steps ?? []);
}
