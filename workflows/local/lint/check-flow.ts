import type { Program, Step, StepList } from '../program/program.ts';
import { listsOf, walkSteps } from '../program/walk.ts';
import type { Report } from './report.ts';

/** Checks the order of steps: names used twice, steps that nothing reaches, branches that return. */
export function checkFlow(program: Program, report: Report): void {
  const targets = new Set<string>();
  for (const { body } of program.routines.values()) {
    walkSteps(body, ({ next }) => {
      if (next?.kind === 'step') targets.add(`${next.list}#${next.index}`);
    });
  }
  for (const { body } of program.routines.values()) {
    checkNames(body, report);
    checkReachable(body, targets, report);
    checkReturns(body, false, report);
  }
}

function checkNames(body: StepList, report: Report): void {
  const seen = new Set<string>();
  walkSteps(body, (step, list) => {
    // The one step of an unnamed body bears the name of the step around it.
    if (step.path === list.path) return;
    if (seen.has(step.name)) report('duplicate-step', step.path, step, `a step ${step.name} is there already`);
    seen.add(step.name);
  });
}

function checkReachable(list: StepList, targets: ReadonlySet<string>, report: Report): void {
  let reached = true;
  for (const [index, step] of list.steps.entries()) {
    if (targets.has(`${list.path}#${index}`)) reached = true;
    if (!reached) {
      report('unreachable-step', step.path, step, `nothing leads to ${step.name}`);
      return;
    }
    for (const inner of listsOf(step)) checkReachable(inner, targets, report);
    reached = fallsThrough(step);
  }
}

/** Whether the step after this one can be reached from it. */
function fallsThrough(step: Step): boolean {
  if (step.next !== undefined) return false;
  switch (step.kind) {
    case 'return':
    case 'raise':
      return false;
    case 'steps':
      return listFallsThrough(step.body);
    case 'try':
      return listFallsThrough(step.body) || (step.except !== undefined && listFallsThrough(step.except.body));
    case 'switch': {
      const certain = step.cases.findIndex(
        ({ condition }) => condition.kind === 'constant' && condition.value === true,
      );
      if (certain < 0) return true;
      return step.cases.slice(0, certain + 1).some(({ body }) => listFallsThrough(body));
    }
    default:
      return true;
  }
}

/** Jumps inside a list make its end hard to tell, so only its last step is looked at. */
function listFallsThrough({ steps }: StepList): boolean {
  const last = steps.at(-1);
  return last === undefined || fallsThrough(last);
}

function checkReturns(list: StepList, inBranch: boolean, report: Report): void {
  for (const step of list.steps) {
    if (inBranch && (step.kind === 'return' || step.next?.kind === 'end')) {
      report(
        'return-in-parallel',
        step.path,
        step,
        'what return and end do in a branch is undocumented: let it run out',
      );
    }
    for (const inner of listsOf(step)) checkReturns(inner, inBranch || step.kind === 'parallel', report);
  }
}
