import { evaluate } from '../expression/evaluate.ts';
import { limits } from '../limits.ts';
import { withChange } from '../machine/scope.ts';
import type { AssignStep, Program, Step, StepList, Template } from '../program/program.ts';
import { listsOf, walkSteps } from '../program/walk.ts';
import { bindPositional } from '../stdlib/bind-arguments.ts';
import { functions } from '../stdlib/functions.ts';
import { sizeBytes, type Value } from '../value.ts';
import type { Report } from './report.ts';

/** Variables whose value is certain at one place of the source. */
type Known = Map<string, Value>;

class NotKnown extends Error {}

const nobody = () => {
  throw new NotKnown('known only when it runs');
};
const noHost = { now: nobody, uuid: nobody, environment: nobody };

/**
 * Checks the variable memory as far as literals make it certain: on the straight way of each routine, from its first step to
 * the first jump. What calls, loops and branches bring in is known only when it runs.
 */
export function checkMemory(program: Program, report: Report): void {
  for (const { body } of program.routines.values()) checkList(body, new Map(), report);
}

/** Answers false when the way ends: at a jump, or where the memory is full. */
function checkList({ steps }: StepList, known: Known, report: Report): boolean {
  for (const step of steps) {
    if (step.kind === 'steps') {
      if (!checkList(step.body, known, report)) return false;
    } else if (step.kind === 'assign') {
      if (!checkAssignments(step, known, report)) return false;
    } else {
      forgetWritten(step, known);
    }
    if (step.next !== undefined || step.kind === 'jump') return false;
  }
  return true;
}

function checkAssignments(step: AssignStep, known: Known, report: Report): boolean {
  for (const { target, value, at } of step.assignments) {
    const { name, path } = target;
    try {
      const assigned = certainValue(value, known);
      const keys = path.map((part) => certainValue({ kind: 'expression', expression: part, at }, known));
      if (keys.length > 0 && !known.has(name)) continue;
      known.set(name, withChange(keys.length === 0 ? undefined : known.get(name), keys, assigned));
    } catch {
      // A mistake that shows only when it runs, or a value that does.
      known.delete(name);
    }
    const written = known.get(name) ?? null;
    if (typeof written === 'string' && Buffer.byteLength(written) > limits.stringBytes) {
      report('variable-memory', step.path, at, `${name} has more than the ${limits.stringBytes} bytes of a string`);
      return false;
    }
    const total = [...known.values()].reduce<number>((sum, one) => sum + sizeBytes(one), 0);
    if (total > limits.variableMemoryBytes) {
      report(
        'variable-memory',
        step.path,
        at,
        `the variables take ${total} bytes here, not ${limits.variableMemoryBytes}`,
      );
      return false;
    }
  }
  return true;
}

function forgetWritten(step: Step, known: Known): void {
  const forget = (inner: Step) => {
    if (inner.kind === 'assign') for (const { target } of inner.assignments) known.delete(target.name);
    if (inner.kind === 'call' && inner.result !== undefined) known.delete(inner.result);
  };
  forget(step);
  for (const list of listsOf(step)) walkSteps(list, forget);
}

/** @throws NotKnown, or what the expression would raise */
function certainValue(template: Template, known: Known): Value {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'list':
      return template.items.map((item) => certainValue(item, known));
    case 'map':
      return new Map(template.entries.map(([key, item]) => [key, certainValue(item, known)]));
    case 'expression':
      return evaluate(template.expression, {
        variable: (name) => known.get(name) ?? missing(known, name),
        call(name, args) {
          const found = functions.get(name);
          if (found === undefined) throw new NotKnown(name);
          return found.run(bindPositional(name, found.parameters, args), noHost);
        },
      });
  }
}

function missing(known: Known, name: string): Value {
  if (known.has(name)) return null;
  throw new NotKnown(name);
}
