import { limits } from '../limits.ts';
import { isList, isMap, sizeBytes, typeName, type Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import type { MachineState, Scope } from './state.ts';

export function newScope(parent: Scope | null, shared: readonly string[] | null = null): Scope {
  return { variables: new Map(), parent, shared };
}

/** Reads a variable. @throws KeyError when nothing was assigned to it */
export function readVariable(scope: Scope, name: string): Value {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const value = at.variables.get(name);
    if (value !== undefined) return value;
  }
  throw languageError('KeyError', `variable not found: ${name}`);
}

export function hasVariable(scope: Scope, name: string): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.parent) if (at.variables.has(name)) return true;
  return false;
}

/**
 * Writes a variable where it lives, or creates it in the innermost scope.
 * @throws ResourceLimitError, ValueError when a branch writes a variable of its parents that is not shared
 */
export function writeVariable(machine: MachineState, scope: Scope, name: string, value: Value): void {
  if (typeof value === 'string' && Buffer.byteLength(value) > limits.stringBytes) {
    throw languageError('ResourceLimitError', `a string has more than ${limits.stringBytes} bytes`);
  }
  const home = homeOf(scope, name);
  const before = home.variables.get(name);
  home.variables.set(name, value);
  machine.memoryBytes += sizeBytes(value);
  if (machine.memoryBytes <= limits.variableMemoryBytes) return;
  machine.memoryBytes = countMemory(machine, home);
  if (machine.memoryBytes <= limits.variableMemoryBytes) return;
  if (before === undefined) home.variables.delete(name);
  else home.variables.set(name, before);
  throw languageError('ResourceLimitError', `variables take more than ${limits.variableMemoryBytes} bytes`);
}

function homeOf(scope: Scope, name: string): Scope {
  let barrier: Scope | null = null;
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.variables.has(name)) {
      if (barrier === null) return at;
      throw languageError('ValueError', `variable ${name} is not shared with this branch`);
    }
    if (at.shared !== null && !at.shared.includes(name)) barrier = at;
  }
  return scope;
}

/** Counts the bytes in all variables that are still in use, and in a scope that no frame has yet. */
export function countMemory(machine: MachineState, coming: Scope | null = null): number {
  const seen = new Set<Scope>();
  let total = 0;
  const count = (scope: Scope | null) => {
    for (let at = scope; at !== null && !seen.has(at); at = at.parent) {
      seen.add(at);
      for (const value of at.variables.values()) total += sizeBytes(value);
    }
  };
  count(coming);
  for (const task of machine.tasks.values()) {
    for (const frame of task.frames) if (frame.kind !== 'call') count(frame.scope);
  }
  return total;
}

/**
 * Copies a value with one place in it changed: `path` are map keys and list indexes. Missing map levels are created.
 * @throws IndexError, TypeError
 */
export function withChange(container: Value | undefined, path: readonly Value[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === 'string') {
    if (container !== undefined && !isMap(container)) throw cannotHold(container, key);
    const map = new Map(container ?? []);
    return map.set(key, withChange(map.get(key), rest, value));
  }
  if (typeof key !== 'bigint') throw languageError('TypeError', `${typeName(key)} is neither a key nor an index`);
  if (container === undefined || !isList(container)) throw cannotHold(container ?? null, key);
  if (key < 0n || key >= BigInt(container.length)) throw languageError('IndexError', `index out of range: ${key}`);
  return container.with(Number(key), withChange(container[Number(key)], rest, value));
}

function cannotHold(container: Value, key: Value): Error {
  return languageError('TypeError', `${typeName(container)} has no place ${JSON.stringify(String(key))}`);
}
