import { expect, test } from '@jest/globals';
import { readSplatPly } from './read-splat-ply.ts';

const names = [
  'x',
  'y',
  'z',
  'f_dc_0',
  'f_dc_1',
  'f_dc_2',
  'opacity',
  'scale_0',
  'scale_1',
  'scale_2',
  'rot_0',
  'rot_1',
  'rot_2',
  'rot_3',
];

function ply(properties: readonly string[], rows: readonly (readonly number[])[]): Uint8Array {
  const header = `ply\nformat ascii 1.0\nelement vertex ${rows.length}\n${properties.map((name) => `property float ${name}\n`).join('')}end_header\n`;
  return new TextEncoder().encode(header + rows.map((row) => row.join(' ')).join('\n'));
}

const row = [1, 2, 3, 0.1, 0.2, 0.3, 0, Math.log(0.5), 0, -1, 2, 0, 0, 0];

test('a PLY of splats is decoded: logit, logarithm, w first, not normalised', () => {
  const cloud = readSplatPly(ply(names, [row, row]));
  expect(cloud.count).toBe(2);
  expect(cloud.opacities[1]).toBe(0.5);
  expect(cloud.scales[0]).toBeCloseTo(0.5, 6);
  expect(cloud.scales[2]).toBeCloseTo(Math.exp(-1), 6);
  expect([...cloud.rotations.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
  expect(cloud.degree).toBe(0);
});

test('higher harmonics are stored colour by colour', () => {
  const rest = Array.from({ length: 9 }, (_, i) => `f_rest_${i}`);
  const cloud = readSplatPly(ply([...names, ...rest], [[...row, 1, 2, 3, 4, 5, 6, 7, 8, 9]]));
  expect(cloud.degree).toBe(1);
  // The second harmonic has the first of each colour.
  expect([...cloud.harmonics.subarray(3, 6)]).toEqual([1, 4, 7]);
});

test.each([
  ['a property is missing', ply(names.slice(1), [row.slice(1)]), 'file_malformed', '/elements/vertex'],
  ['the harmonics are of no degree', ply([...names, 'f_rest_0'], [[...row, 0]]), 'file_malformed', '/elements/vertex'],
  ['rows are missing', ply(names, [row]).subarray(0, -30), 'file_truncated', '/elements/vertex'],
  [
    'the count is a lie',
    new TextEncoder().encode(new TextDecoder().decode(ply(names, [row])).replace('vertex 1', 'vertex 900000000')),
    'file_truncated',
    '/elements/vertex',
  ],
])('a PLY in which %s is refused', (_, bytes, code, pointer) => {
  expect(() => readSplatPly(bytes)).toThrow(expect.objectContaining({ code, pointer }));
});
