import { AtlasError } from '../../errors.ts';
import { TextScanner } from './text-scanner.ts';

/** Scalar types of PLY (Turk 1994, "The PLY Polygon File Format"), by their size in bytes. */
export type PlyType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';

export interface PlyProperty {
  readonly name: string;
  readonly type: PlyType;
  /** Type of the length, when the property is a list. */
  readonly countType: PlyType | undefined;
}

export interface PlyElement {
  readonly name: string;
  readonly count: number;
  readonly properties: readonly PlyProperty[];
}

export interface PlyHeader {
  readonly format: 'ascii' | 'binary_little_endian' | 'binary_big_endian';
  readonly elements: readonly PlyElement[];
  /** Image that a `comment TextureFile` names, as MeshLab writes it. */
  readonly textureFile: string | undefined;
  /** Where the data begin. */
  readonly bodyOffset: number;
}

const types: Record<string, PlyType> = {
  char: 'int8',
  int8: 'int8',
  uchar: 'uint8',
  uint8: 'uint8',
  short: 'int16',
  int16: 'int16',
  ushort: 'uint16',
  uint16: 'uint16',
  int: 'int32',
  int32: 'int32',
  uint: 'uint32',
  uint32: 'uint32',
  float: 'float32',
  float32: 'float32',
  double: 'float64',
  float64: 'float64',
};

const formats = ['ascii', 'binary_little_endian', 'binary_big_endian'] as const;

/** A line that stops short at the end of the file is cut off, not wrong. */
function malformed(scanner: TextScanner, message: string): AtlasError {
  const pointer = `/lines/${scanner.line}`;
  if (scanner.ended) return new AtlasError('file_truncated', 'The PLY ends within its header.', { pointer });
  return new AtlasError('file_malformed', `The PLY header: ${message}.`, { pointer });
}

function typeOf(scanner: TextScanner): PlyType {
  const word = scanner.word();
  const type = Object.hasOwn(types, word) ? types[word] : undefined;
  if (!type) throw malformed(scanner, `"${word.slice(0, 40)}" is no type`);
  return type;
}

function readProperty(scanner: TextScanner): PlyProperty {
  const start = scanner.at;
  const isList = scanner.word() === 'list';
  if (!isList) scanner.at = start;
  const countType = isList ? typeOf(scanner) : undefined;
  const type = typeOf(scanner);
  return { name: scanner.word(), type, countType };
}

function readElement(scanner: TextScanner): { name: string; count: number; properties: PlyProperty[] } {
  const name = scanner.word();
  const count = scanner.number();
  if (count === undefined || !Number.isSafeInteger(count) || count < 0) {
    throw malformed(scanner, `element ${name.slice(0, 40)} has no count`);
  }
  return { name, count, properties: [] };
}

/**
 * Reads the header of a PLY.
 * @throws file_malformed, file_truncated
 */
export function readPlyHeader(bytes: Uint8Array): PlyHeader {
  const scanner = new TextScanner(bytes);
  const elements: ReturnType<typeof readElement>[] = [];
  let format: PlyHeader['format'] | undefined;
  let textureFile: string | undefined;
  for (scanner.nextLine(); !scanner.ended; scanner.nextLine()) {
    const keyword = scanner.word();
    if (keyword === 'end_header') {
      if (!format) throw malformed(scanner, 'it names no format');
      scanner.nextLine();
      return { format, elements, textureFile, bodyOffset: scanner.at };
    }
    if (keyword === 'format') {
      const name = scanner.word();
      format = formats.find((known) => known === name);
      if (!format) throw malformed(scanner, `"${name.slice(0, 40)}" is no format`);
    } else if (keyword === 'element') {
      elements.push(readElement(scanner));
    } else if (keyword === 'property') {
      const element = elements.at(-1);
      if (!element) throw malformed(scanner, 'a property comes before any element');
      element.properties.push(readProperty(scanner));
    } else if (keyword === 'comment') {
      if (scanner.word() === 'TextureFile') textureFile ??= scanner.rest();
    } else if (keyword !== '' && keyword !== 'obj_info') {
      throw malformed(scanner, `"${keyword.slice(0, 40)}" is no keyword`);
    }
  }
  throw new AtlasError('file_truncated', 'The PLY ends within its header.', { pointer: `/lines/${scanner.line}` });
}
