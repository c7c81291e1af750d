import type { Value, ValueMap } from '../value.ts';
import { isBytes, isList, isMap, typeName } from '../value.ts';
import { languageError } from '../workflow-error.ts';

/** What a function of the standard library may see of the world; all of it is injected. */
export interface StdHost {
  /** Milliseconds since 1970. */
  now(): number;
  uuid(): string;
  /** A variable of the environment, built in or the user's. */
  environment(name: string): string | undefined;
}

/** A parameter: required when `fallback` is missing. */
export interface StdParameter {
  readonly name: string;
  readonly fallback?: Value;
}

/** A function that can stand in an expression as well as in a call step. `run` gets one value for each parameter. */
export interface StdFunction {
  readonly name: string;
  readonly parameters: readonly StdParameter[];
  run(args: readonly Value[], host: StdHost): Value;
}

/** Writes a function down: `name?` is a parameter whose fallback is null. */
export function std(
  name: string,
  parameters: readonly (string | StdParameter)[],
  run: (args: readonly Value[], host: StdHost) => Value,
): StdFunction {
  return { name, parameters: parameters.map(toParameter), run };
}

function toParameter(parameter: string | StdParameter): StdParameter {
  if (typeof parameter !== 'string') return parameter;
  return parameter.endsWith('?') ? { name: parameter.slice(0, -1), fallback: null } : { name: parameter };
}

function wrong(value: Value | undefined, what: string, wanted: string): Error {
  return languageError('TypeError', `${what} must be ${wanted}, not ${typeName(value ?? null)}`);
}

/** Reads an argument as STRING. @throws TypeError */
export function stringArg(value: Value | undefined, what: string): string {
  if (typeof value === 'string') return value;
  throw wrong(value, what, 'a string');
}

/** Reads an argument as INTEGER. @throws TypeError */
export function integerArg(value: Value | undefined, what: string): bigint {
  if (typeof value === 'bigint') return value;
  throw wrong(value, what, 'an integer');
}

/** Reads an argument as a number. @throws TypeError */
export function numberArg(value: Value | undefined, what: string): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  throw wrong(value, what, 'a number');
}

/** Reads an argument as bytes. @throws TypeError */
export function bytesArg(value: Value | undefined, what: string): Uint8Array {
  if (value !== undefined && isBytes(value)) return value;
  throw wrong(value, what, 'bytes');
}

/** Reads an argument as a list. @throws TypeError */
export function listArg(value: Value | undefined, what: string): readonly Value[] {
  if (value !== undefined && isList(value)) return value;
  throw wrong(value, what, 'a list');
}

/** Reads an argument as a map. @throws TypeError */
export function mapArg(value: Value | undefined, what: string): ValueMap {
  if (value !== undefined && isMap(value)) return value;
  throw wrong(value, what, 'a map');
}
