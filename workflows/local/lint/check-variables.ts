import { limits } from '../limits.ts';
import type { Loop, Program, SourcePosition, Step, StepList } from '../program/program.ts';
import { templatesOf, walkNodes } from '../program/walk.ts';
import type { Report } from './report.ts';

/** What is known about names at one place of the source. */
interface View {
  /** Names that some step assigns here or further out. */
  readonly visible: ReadonlySet<string>;
  /** Names of the routines around a branch that the branch may not write. */
  readonly foreign: ReadonlySet<string>;
  /** Parallel steps around this place. */
  readonly parallel: number;
}

/** Checks variables: read but never assigned, shared but not there, written by a branch without being shared; parallel depth. */
export function checkVariables(program: Program, report: Report): void {
  for (const { parameters, body } of program.routines.values()) {
    const visible = new Set([...parameters.map(({ name }) => name), ...assignedIn(body)]);
    checkList(body, { visible, foreign: new Set(), parallel: 0 }, report);
  }
}

/** The names that the steps of a list assign in its own scope: not those in loops, except blocks and branches. */
function assignedIn(list: StepList): string[] {
  return list.steps.flatMap((step) => {
    switch (step.kind) {
      case 'assign':
        return step.assignments.map(({ target }) => target.name);
      case 'call':
        return step.result === undefined ? [] : [step.result];
      case 'switch':
        return step.cases.flatMap(({ body }) => assignedIn(body));
      case 'try':
      case 'steps':
        return assignedIn(step.body);
      default:
        return [];
    }
  });
}

function checkList(list: StepList, view: View, report: Report): void {
  for (const step of list.steps) {
    checkReads(step, view, report);
    checkWrites(step, view, report);
    checkInside(step, view, report);
  }
}

function checkReads(step: Step, { visible }: View, report: Report): void {
  for (const template of templatesOf(step)) {
    walkNodes(template, (node, at) => {
      if (node.kind === 'variable' && !visible.has(node.name)) {
        report('undefined-variable', step.path, at, `nothing assigns ${node.name} here`);
      }
    });
  }
}

function checkWrites(step: Step, { foreign }: View, report: Report): void {
  const written: (SourcePosition & { name: string })[] = [];
  if (step.kind === 'assign') for (const { target, at } of step.assignments) written.push({ name: target.name, ...at });
  if (step.kind === 'call' && step.result !== undefined) written.push({ ...step, name: step.result });
  for (const { name, ...at } of written) {
    if (foreign.has(name)) report('parallel-write', step.path, at, `a branch writes ${name}: list it under shared`);
  }
}

function checkInside(step: Step, view: View, report: Report): void {
  switch (step.kind) {
    case 'switch':
      for (const { body } of step.cases) checkList(body, view, report);
      return;
    case 'steps':
      checkList(step.body, view, report);
      return;
    case 'try':
      checkList(step.body, view, report);
      if (step.except !== undefined) {
        const { as, body } = step.except;
        checkList(body, inner(view, [...(as === undefined ? [] : [as]), ...assignedIn(body)]), report);
      }
      return;
    case 'for':
      checkList(step.loop.body, inner(view, namesOf(step.loop)), report);
      return;
    case 'parallel':
      checkParallel(step, view, report);
      return;
    default:
      return;
  }
}

function namesOf({ value, index, body }: Loop): string[] {
  return [value, ...(index === undefined ? [] : [index]), ...assignedIn(body)];
}

function inner(view: View, names: readonly string[]): View {
  return { ...view, visible: new Set([...view.visible, ...names]) };
}

function checkParallel(step: Extract<Step, { kind: 'parallel' }>, view: View, report: Report): void {
  const { shared, work } = step;
  for (const name of shared) {
    if (!view.visible.has(name))
      report('shared-undeclared', step.path, step, `${name} is shared, but nothing assigns it before`);
    else if (view.foreign.has(name))
      report('parallel-write', step.path, step, `${name} is not shared with this branch`);
  }
  if (view.parallel >= limits.parallelDepth) {
    report('parallel-too-deep', step.path, step, `parallel steps may be nested ${limits.parallelDepth} deep`);
  }
  const unshared = [...view.visible].filter((name) => !shared.includes(name));
  const foreign = new Set([...view.foreign, ...unshared]);
  const inside: View = { ...view, foreign, parallel: view.parallel + 1 };
  if (work.kind === 'branches') {
    for (const { body } of work.branches) checkList(body, inner(inside, assignedIn(body)), report);
    return;
  }
  const own = new Set(foreign);
  own.delete(work.loop.value);
  if (work.loop.index !== undefined) own.delete(work.loop.index);
  checkList(work.loop.body, { ...inner(inside, namesOf(work.loop)), foreign: own }, report);
}
