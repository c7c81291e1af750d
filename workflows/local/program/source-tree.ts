import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar, type Node as YamlNode } from 'yaml';
import { isInt64, type Value } from '../value.ts';
import type { SourcePosition } from './program.ts';

/** The YAML source as a tree that keeps positions and how scalars were quoted. */
export type SourceNode = SourceMap | SourceList | SourceScalar;

export interface SourceMap extends SourcePosition {
  readonly kind: 'map';
  readonly entries: readonly SourceEntry[];
}

export interface SourceEntry extends SourcePosition {
  readonly key: string;
  readonly value: SourceNode;
}

export interface SourceList extends SourcePosition {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
}

export interface SourceScalar extends SourcePosition {
  readonly kind: 'scalar';
  readonly value: Value;
  /** False for a plain scalar, where YAML may cut or misread an expression. */
  readonly quoted: boolean;
}

/** A source that is not the YAML or JSON of a workflow. */
export class SourceSyntaxError extends Error {
  readonly at: SourcePosition;

  constructor(message: string, at: SourcePosition) {
    super(message);
    this.name = 'SourceSyntaxError';
    this.at = at;
  }
}

/** Reads YAML 1.2 (core schema): `1` is INTEGER, `1.0` is DOUBLE, `yes` is a string. @throws SourceSyntaxError */
export function readSource(source: string): SourceNode {
  const lines = new LineCounter();
  const document = parseDocument(source, {
    version: '1.2',
    intAsBigInt: true,
    lineCounter: lines,
    prettyErrors: false,
  });
  const problem = document.errors[0];
  if (problem !== undefined) throw new SourceSyntaxError(problem.message, position(lines, problem.pos[0]));
  if (document.contents === null) throw new SourceSyntaxError('the source is empty', { line: 1, column: 1 });
  return convert(document.contents, lines);
}

function position(lines: LineCounter, offset: number): SourcePosition {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function convert(node: YamlNode, lines: LineCounter): SourceNode {
  const at = position(lines, node.range?.[0] ?? 0);
  if (isAlias(node)) throw new SourceSyntaxError('YAML anchors and aliases are not part of the Workflows language', at);
  if (isMap(node)) {
    const entries = node.items.map((pair): SourceEntry => {
      const key = pair.key as YamlNode | null;
      if (!isScalar(key)) throw new SourceSyntaxError('a key must be plain text', at);
      const keyAt = position(lines, key.range?.[0] ?? 0);
      const value = pair.value as YamlNode | null;
      const empty: SourceScalar = { kind: 'scalar', value: null, quoted: false, ...keyAt };
      return { key: keyText(key), value: value === null ? empty : convert(value, lines), ...keyAt };
    });
    return { kind: 'map', entries, ...at };
  }
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => convert(item as YamlNode, lines)), ...at };
  if (isScalar(node))
    return { kind: 'scalar', value: scalarValue(node, at), quoted: node.type !== Scalar.PLAIN, ...at };
  throw new SourceSyntaxError('this YAML node cannot be used', at);
}

function keyText(key: Scalar): string {
  return key.source ?? String(key.value);
}

function scalarValue(scalar: Scalar, at: SourcePosition): Value {
  const { value } = scalar;
  if (typeof value === 'bigint' && !isInt64(value)) throw new SourceSyntaxError('integer beyond 64 bits', at);
  if (value === null || ['boolean', 'bigint', 'number', 'string'].includes(typeof value)) return value as Value;
  throw new SourceSyntaxError('this kind of scalar cannot be used', at);
}
