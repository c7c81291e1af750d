import { isList, isMap, typeName, type Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import type { Expression } from './ast.ts';
import { applyBinary, booleanOf, negate } from './operators.ts';

/** What an expression sees of the running workflow. */
export interface EvaluationContext {
  /** The value of a variable. @throws KeyError */
  variable(name: string): Value;
  /** Calls a function or subworkflow with positional arguments; may throw to suspend the evaluation. */
  call(name: string, args: Value[]): Value;
}

/** Evaluates an expression. @throws WorkflowError with the tag that Google names for the mistake */
export function evaluate(expression: Expression, context: EvaluationContext): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'variable':
      return context.variable(expression.name);
    case 'list':
      return expression.items.map((item) => evaluate(item, context));
    case 'member':
      return readMember(evaluate(expression.object, context), expression.key);
    case 'index':
      return readElement(evaluate(expression.object, context), evaluate(expression.index, context));
    case 'call':
      return context.call(
        expression.name,
        expression.args.map((arg) => evaluate(arg, context)),
      );
    case 'unary': {
      const operand = evaluate(expression.operand, context);
      return expression.operator === '-' ? negate(operand) : !booleanOf(operand, 'the operand of not');
    }
    case 'binary':
      return evaluateBinary(expression, context);
  }
}

function evaluateBinary(expression: Extract<Expression, { kind: 'binary' }>, context: EvaluationContext): Value {
  const { operator } = expression;
  const left = evaluate(expression.left, context);
  if (operator !== 'and' && operator !== 'or') return applyBinary(operator, left, evaluate(expression.right, context));
  const decided = booleanOf(left, `the left side of ${operator}`);
  if (decided === (operator === 'or')) return decided;
  return booleanOf(evaluate(expression.right, context), `the right side of ${operator}`);
}

/** Reads `object.key`. @throws KeyError, TypeError */
export function readMember(object: Value, key: string): Value {
  if (!isMap(object)) throw languageError('TypeError', `${typeName(object)} has no member ${JSON.stringify(key)}`);
  const value = object.get(key);
  if (value === undefined) throw languageError('KeyError', `key not found: ${key}`);
  return value;
}

/** Reads `object[index]` from a list or map. @throws KeyError, IndexError, TypeError */
export function readElement(object: Value, index: Value): Value {
  if (isMap(object) && typeof index === 'string') return readMember(object, index);
  if (!isList(object)) {
    throw languageError('TypeError', `${typeName(object)} cannot be indexed with ${typeName(index)}`);
  }
  if (typeof index !== 'bigint')
    throw languageError('TypeError', `a list index must be an integer, not ${typeName(index)}`);
  const value = object[Number(index)];
  if (index < 0n || value === undefined) throw languageError('IndexError', `index out of range: ${index}`);
  return value;
}
