import { describe, expect, test } from '@jest/globals';
import { limits } from '../../schema/index.ts';
import { smallPly } from '../../testing/small-ply.ts';
import { triangleIndices } from '../mesh/triangle-indices.ts';
import { readPly } from './read-ply.ts';

const read = (bytes: Uint8Array) => {
  const { document, changes } = readPly(bytes, { limits });
  const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
  const values = (name: string): number[] => [...(primitive.getAttribute(name)?.getArray() ?? [])];
  return { primitive, changes, values, indices: [...triangleIndices(primitive)] };
};

/** A text PLY of one triangle with the properties and rows given. */
const text = (
  properties: readonly string[],
  rows: readonly string[],
  faces = ['3 0 1 2'],
  faceProperties = ['list uchar int vertex_indices'],
) =>
  Buffer.from(
    [
      'ply',
      'format ascii 1.0',
      `element vertex ${rows.length}`,
      ...properties.map((property) => `property ${property}`),
      `element face ${faces.length}`,
      ...faceProperties.map((property) => `property ${property}`),
      'end_header',
      ...rows,
      ...faces,
      '',
    ].join('\n'),
  );
const xyz = ['float x', 'float y', 'float z'];
const rows = ['0 0 0', '1 0 0', '0 1 0'];

describe.each(['ascii', 'binary_little_endian', 'binary_big_endian'] as const)('a PLY in %s', (encoding) => {
  const square = () => read(smallPly(encoding));

  test('gives positions and triangles', () => {
    expect(square().values('POSITION')).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]);
    expect(square().indices).toEqual([0, 1, 2, 0, 2, 3]);
  });

  test('gives colours in linear light', () => {
    const colours = square().values('COLOR_0');
    expect(colours.slice(0, 9)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    // 188/255 in sRGB, IEC 61966-2-1.
    expect(colours[9]).toBeCloseTo(0.5029, 4);
    expect(square().changes.map(({ code }) => code)).toEqual(['colours_linearised']);
  });

  test('is read the same with lines that end in CR LF in its header', () => {
    const bytes = smallPly(encoding, (header) => header.replaceAll('\n', '\r\n'));
    expect(read(bytes).values('POSITION')).toEqual(square().values('POSITION'));
  });
});

describe('properties', () => {
  test.each<[string, string[], string[], string, number[]]>([
    [
      'doubles',
      ['double x', 'double y', 'double z'],
      ['0 0 0', '1 0 0', '0 1.5 0'],
      'POSITION',
      [0, 0, 0, 1, 0, 0, 0, 1.5, 0],
    ],
    [
      'coordinates in another order',
      ['float z', 'float y', 'float x'],
      ['3 2 1', '0 0 1', '0 1 0'],
      'POSITION',
      [1, 2, 3, 1, 0, 0, 0, 1, 0],
    ],
    [
      'normals',
      [...xyz, 'float nx', 'float ny', 'float nz'],
      rows.map((row) => `${row} 0 0 1`),
      'NORMAL',
      [0, 0, 1, 0, 0, 1, 0, 0, 1],
    ],
    [
      'texture coordinates, turned over',
      [...xyz, 'float s', 'float t'],
      rows.map((row) => `${row} 0.5 0.25`),
      'TEXCOORD_0',
      [0.5, 0.75, 0.5, 0.75, 0.5, 0.75],
    ],
    [
      'colours as floats',
      [...xyz, 'float red', 'float green', 'float blue'],
      rows.map((row) => `${row} 1 0 1`),
      'COLOR_0',
      [1, 0, 1, 1, 0, 1, 1, 0, 1],
    ],
    [
      'colours of 16 bits',
      [...xyz, 'ushort red', 'ushort green', 'ushort blue'],
      rows.map((row) => `${row} 65535 0 65535`),
      'COLOR_0',
      [1, 0, 1, 1, 0, 1, 1, 0, 1],
    ],
    [
      'colours of 0–255 in 32 bits',
      [...xyz, 'int red', 'int green', 'int blue'],
      rows.map((row) => `${row} 255 0 255`),
      'COLOR_0',
      [1, 0, 1, 1, 0, 1, 1, 0, 1],
    ],
    ['a lone red, which is no colour', [...xyz, 'uchar red'], rows.map((row) => `${row} 255`), 'COLOR_0', []],
    [
      'properties and lists that it does not know',
      ['list uchar int ring', ...xyz, 'float quality'],
      rows.map((row) => `2 8 9 ${row} 0.1`),
      'POSITION',
      [0, 0, 0, 1, 0, 0, 0, 1, 0],
    ],
  ])('reads %s', (_, properties, lines, attribute, expected) => {
    expect(read(text(properties, lines)).values(attribute)).toEqual(expected);
  });

  test.each<[string, string[], string[], number[]]>([
    ['vertex_index', ['3 0 1 2'], ['list uchar int vertex_index'], [0, 1, 2]],
    ['polygons', ['4 0 1 2 3'], ['list uchar int vertex_indices'], [0, 1, 2, 0, 2, 3]],
    [
      'other properties before and after',
      ['7 3 0 1 2 1 5'],
      ['uchar flag', 'list uchar int vertex_indices', 'list uchar int extra'],
      [0, 1, 2],
    ],
  ])('reads faces with %s', (_, faces, properties, expected) => {
    expect(read(text(xyz, [...rows, '0 2 0'], faces, properties)).indices).toEqual(expected);
  });

  test('texture coordinates of corners win over those of vertices, also where a face has none', () => {
    const { primitive, values } = read(
      text(
        [...xyz, 'float s', 'float t'],
        rows.map((row) => `${row} 0.9 0.9`),
        ['3 0 1 2 0', '3 0 1 2 6 0 0 1 0 0 1'],
        ['list uchar int vertex_indices', 'list uchar float texcoord'],
      ),
    );
    expect(primitive.getAttribute('POSITION')?.getCount()).toBe(6);
    expect(values('TEXCOORD_0').slice(6)).toEqual([0, 1, 1, 1, 0, 0]);
    expect(values('TEXCOORD_0')).not.toContain(Math.fround(0.9));
  });
});

test('strips are cut at −1, and every other triangle is turned', () => {
  const bytes = Buffer.from(
    [
      'ply',
      'format ascii 1.0',
      'element vertex 5',
      ...xyz.map((property) => `property ${property}`),
      'element tristrips 1',
      'property list int int vertex_indices',
      'end_header',
      ...['0 0 0', '1 0 0', '0 1 0', '1 1 0', '0 2 0'],
      '8 0 1 2 3 -1 2 3 4',
      '',
    ].join('\n'),
  );
  expect(read(bytes).indices).toEqual([0, 1, 2, 2, 1, 3, 2, 3, 4]);
});

test('a list is not believed further than the file reaches, whatever its element is', () => {
  const bytes = text([...xyz, 'list uint float wild'], ['0 0 0 4294967295 1 2']);
  expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'file_truncated' }));
});
