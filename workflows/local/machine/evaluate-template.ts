import type { Expression } from '../expression/ast.ts';
import { type EvaluationContext, evaluate } from '../expression/evaluate.ts';
import type { Routine, Template } from '../program/program.ts';
import { bindPositional } from '../stdlib/bind-arguments.ts';
import { functions } from '../stdlib/functions.ts';
import type { Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import type { MachineHost } from './machine-host.ts';
import { readVariable } from './scope.ts';
import type { ListFrame, MachineState } from './state.ts';

/**
 * Thrown when an expression calls a subworkflow: the machine runs it, keeps its result in the frame's memo and evaluates the
 * expression again, which then finds the result. So no half-evaluated expression is ever part of the state.
 */
export class CallSuspension extends Error {
  readonly routine: Routine;
  readonly args: readonly Value[];

  constructor(routine: Routine, args: readonly Value[]) {
    super(`call of ${routine.name}`);
    this.routine = routine;
    this.args = args;
  }
}

/** What evaluates the templates of one step. All templates of one evaluator share the memo: one evaluator a unit of work. */
export interface Evaluator {
  template(template: Template): Value;
  expression(expression: Expression): Value;
}

export function evaluator(machine: MachineState, host: MachineHost, frame: ListFrame): Evaluator {
  let remembered = 0;
  const context: EvaluationContext = {
    variable: (name) => readVariable(frame.scope, name),
    call(name, args) {
      const known = functions.get(name);
      if (known !== undefined) return known.run(bindPositional(name, known.parameters, args), host);
      const routine = machine.program.routines.get(name);
      if (routine === undefined) throw languageError('TypeError', `${name} cannot be called in an expression`);
      if (remembered < frame.memo.length) return frame.memo[remembered++]!;
      throw new CallSuspension(routine, bindPositional(name, routine.parameters, args));
    },
  };
  const expression = (node: Expression) => evaluate(node, context);
  const template = (node: Template): Value => {
    switch (node.kind) {
      case 'constant':
        return node.value;
      case 'expression':
        return evaluate(node.expression, context);
      case 'list':
        return node.items.map(template);
      case 'map':
        return new Map(node.entries.map(([key, item]) => [key, template(item)]));
    }
  };
  return { template, expression };
}
