import { isList, isMap, typeName, type Value, type ValueMap } from '../value.ts';
import { languageError } from '../workflow-error.ts';

/** A parameter of a function or subworkflow; required when `fallback` is undefined. */
export interface BindableParameter {
  readonly name: string;
  readonly fallback?: Value | undefined;
}

/** Puts positional arguments in the order of the parameters and fills in fallbacks. @throws TypeError */
export function bindPositional(
  name: string,
  parameters: readonly BindableParameter[],
  args: readonly Value[],
): Value[] {
  if (args.length > parameters.length) {
    throw languageError('TypeError', `${name}() takes ${parameters.length} arguments, not ${args.length}`);
  }
  return parameters.map((parameter, index) => args[index] ?? (index < args.length ? null : missing(name, parameter)));
}

/** Puts named arguments in the order of the parameters and fills in fallbacks. @throws TypeError */
function bindNamed(name: string, parameters: readonly BindableParameter[], args: ValueMap): Value[] {
  for (const key of args.keys()) {
    if (!parameters.some((parameter) => parameter.name === key)) {
      throw languageError('TypeError', `${name}() has no parameter ${key}`);
    }
  }
  return parameters.map((parameter) => {
    const value = args.get(parameter.name);
    return value === undefined ? missing(name, parameter) : value;
  });
}

/** Puts the `args` of a call step in the order of the parameters: a map by name, or a list by position. @throws TypeError */
export function bindArgs(name: string, parameters: readonly BindableParameter[], args: Value): Value[] {
  if (args === null) return bindNamed(name, parameters, new Map());
  if (isMap(args)) return bindNamed(name, parameters, args);
  if (isList(args)) return bindPositional(name, parameters, args);
  throw languageError('TypeError', `args must be a map or a list, not ${typeName(args)}`);
}

function missing(name: string, parameter: BindableParameter): Value {
  if (parameter.fallback !== undefined) return parameter.fallback;
  throw languageError('TypeError', `${name}() needs the argument ${parameter.name}`);
}
