import type { CompileContext } from './compile-context.ts';
import type { SourceMap, SourceNode } from './source-tree.ts';

/** Reads the fields of a map; a key that is not listed is reported and left out. */
export function readFields<Key extends string>(
  node: SourceNode | undefined,
  known: readonly Key[],
  what: string,
  context: CompileContext,
): Partial<Record<Key, SourceNode>> {
  const fields: Partial<Record<Key, SourceNode>> = {};
  if (node === undefined) return fields;
  if (node.kind !== 'map') {
    context.report('structure', node, `${what} must be a map with ${known.join(', ')}`);
    return fields;
  }
  for (const { key, value, line, column } of node.entries) {
    if ((known as readonly string[]).includes(key)) fields[key as Key] = value;
    else context.report('unknown-key', { line, column }, `${key} is not known in ${what}: ${known.join(', ')}`);
  }
  return fields;
}

/** Reads a field that must be a plain name; anything else is reported. */
export function readName(node: SourceNode | undefined, what: string, context: CompileContext): string | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(node.value)) {
    return node.value;
  }
  context.report('structure', node, `${what} must be a name`);
  return undefined;
}

/** Reads a list of single-key maps such as steps, assignments and branches. */
export function readNamedItems(
  node: SourceNode | undefined,
  what: string,
  context: CompileContext,
): SourceMap['entries'][number][] {
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    context.report('structure', node, `${what} must be a list`);
    return [];
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'map' && item.entries.length === 1) return [item.entries[0]!];
    context.report('structure', item, `each entry of ${what} is a map with one key`);
    return [];
  });
}
