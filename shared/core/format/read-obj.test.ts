import type { Primitive } from '@gltf-transform/core';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limits } from '../../schema/index.ts';
import { smallPng } from '../../testing/small-png.ts';
import { triangleIndices } from '../mesh/triangle-indices.ts';
import { readObj } from './read-obj.ts';

const square = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n';

const read = (text: string, files: Record<string, Uint8Array | string> = {}) =>
  readObj(Buffer.from(text), {
    limits,
    findFile: (name) => (files[name] === undefined ? undefined : Uint8Array.from(Buffer.from(files[name]))),
  });

const primitivesOf = (text: string): Primitive[] =>
  read(text)
    .document.getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives());

/** The corners of all triangles as points, in order. */
const corners = (text: string): number[][] =>
  primitivesOf(text).flatMap((primitive) =>
    [...triangleIndices(primitive)].map((v) => primitive.getAttribute('POSITION')!.getElement(v, [])),
  );

const [a, b, c, d] = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 0],
];

describe('faces', () => {
  test.each<[string, string, unknown[]]>([
    ['count from 1', 'f 1 2 3', [a, b, c]],
    ['count back from the last vertex when negative', 'f -4 -3 -2', [a, b, c]],
    ['count back from where they stand, not from the end of the file', 'f -4 -3 -2\nv 9 9 9', [a, b, c]],
    ['may name vertices that come later', 'f 1 2 5\nv 7 7 7', [a, b, [7, 7, 7]]],
    ['of four corners become two triangles', 'f 1 2 3 4', [a, b, c, a, c, d]],
    ['may go on in the next line', 'f 1 2 \\\n3', [a, b, c]],
    ['may end in a comment', 'f 1 2 3 # the lower one', [a, b, c]],
    ['may come as fo', 'fo 1 2 3', [a, b, c]],
    ['of two corners are passed over', 'f 1 2\nf 1 2 3', [a, b, c]],
    ['stand in lines that end in CR LF', 'f 1 2 3\r\nf 1 3 4\r\n', [a, b, c, a, c, d]],
    ['stand in lines that end in CR', 'f 1 2 3\rf 1 3 4\r', [a, b, c, a, c, d]],
  ])('%s', (_, faces, expected) => {
    expect(corners(`${square}${faces}\n`)).toEqual(expected);
  });

  test('that are not convex are cut within their outline', () => {
    // An arrow head: the fan from its first corner would leave the outline.
    const arrow = 'v 0 0 0\nv 2 -1 0\nv 1 0 0\nv 2 1 0\nf 1 2 3 4\n';
    const points = corners(arrow);
    const area = (i: number): number => {
      const [p, q, r] = points.slice(i, i + 3) as [number[], number[], number[]];
      return ((q[0]! - p[0]!) * (r[1]! - p[1]!) - (q[1]! - p[1]!) * (r[0]! - p[0]!)) / 2;
    };
    expect([area(0), area(3)].every((value) => value > 0)).toBe(true);
    expect(area(0) + area(3)).toBeCloseTo(1, 6);
  });
});

test('corners with equal parts are one vertex, others are not', () => {
  const [primitive] = primitivesOf(`${square}vt 0 0\nvt 1 0\nvn 0 0 1\nf 1/1/1 2/1/1 3/1/1\nf 1/1/1 3/1/1 4/2/1\n`);
  expect(primitive?.getAttribute('POSITION')?.getCount()).toBe(4);
  const [split] = primitivesOf(`${square}vt 0 0\nvt 1 0\nf 1/1 2/1 3/1\nf 1/2 3/1 4/2\n`);
  expect(split?.getAttribute('POSITION')?.getCount()).toBe(5);
});

test('texture coordinates are turned to the top-left origin of glTF', () => {
  const [primitive] = primitivesOf(`${square}vt 0.25 0.125\nvt 1 0\nvt 1 1\nf 1/1 2/2 3/3\n`);
  expect(primitive?.getAttribute('TEXCOORD_0')?.getElement(0, [])).toEqual([0.25, 0.875]);
});

test('normals are taken only when every corner has one', () => {
  expect(primitivesOf(`${square}vn 0 0 1\nf 1//1 2//1 3//1\n`)[0]?.getAttribute('NORMAL')).not.toBeNull();
  expect(primitivesOf(`${square}vn 0 0 1\nf 1//1 2//1 3\n`)[0]?.getAttribute('NORMAL')).toBeNull();
});

describe('vertex colours', () => {
  const coloured = (colours: readonly string[]) =>
    `${['0 0 0', '1 0 0', '1 1 0'].map((place, i) => `v ${place} ${colours[i]}`).join('\n')}\nf 1 2 3\n`;
  const first = (text: string): number[] => primitivesOf(text)[0]!.getAttribute('COLOR_0')!.getElement(0, []);

  // Linear light of sRGB values, IEC 61966-2-1: 188/255 is very nearly one half.
  test.each([
    ['of 0–1 are decoded from sRGB', ['0.737255 1 0', '0 0 0', '0 0 0'], [0.5029, 1, 0]],
    ['of 0–255 are told by their size', ['188 255 0', '0 0 0', '0 0 0'], [0.5029, 1, 0]],
    ['may have an alpha, which is left out', ['0.5 0.5 0.5 1', '0 0 0 1', '0 0 0 1'], [0.214, 0.214, 0.214]],
    ['that some vertices lack are white there', ['', '0 0 0', '0 0 0'], [1, 1, 1]],
    ['that are no numbers are white', ['nan nan nan', '0 0 0', '0 0 0'], [1, 1, 1]],
  ])('%s', (_, colours, expected) => {
    const found = first(coloured(colours));
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 3);
    });
    expect(read(coloured(colours)).changes.map(({ code }) => code)).toEqual(['colours_linearised']);
  });

  test('are not taken for the weight of a rational curve', () => {
    expect(primitivesOf(`${square.replaceAll(' 0\n', ' 0 1\n')}f 1 2 3\n`)[0]?.getAttribute('COLOR_0')).toBeNull();
  });
});

describe('objects and materials', () => {
  const scene = `mtllib s.mtl\n${square}o one\nusemtl red\nf 1 2 3\nusemtl green\nf 1 3 4\no two\nusemtl red\nf 1 2 4\n`;

  test('objects become meshes, their materials primitives', () => {
    const { document } = read(scene, { 's.mtl': 'newmtl red\nKd 1 0 0\nnewmtl green\nKd 0 1 0\n' });
    const meshes = document.getRoot().listMeshes();
    const colours = meshes.map((mesh) =>
      mesh.listPrimitives().map((primitive) => primitive.getMaterial()?.getBaseColorFactor()),
    );
    expect(meshes.map((mesh) => mesh.getName())).toEqual(['one', 'two']);
    expect(colours).toEqual([
      [
        [1, 0, 0, 1],
        [0, 1, 0, 1],
      ],
      [[1, 0, 0, 1]],
    ]);
    expect(document.getRoot().listMaterials()).toHaveLength(2);
  });

  test('a missing material file is reported, and the mesh is read', () => {
    expect(read(scene).changes.map(({ code }) => code)).toEqual(['materials_missing']);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['Ns 0 is rough', 'Ns 0', { roughness: 1 }],
    // α = √(2 / 102) = 0.14, and glTF's roughness is its root.
    ['Ns 100 is fairly smooth', 'Ns 100', { roughness: 0.3742 }],
    ['Ns that is no number is rough', 'Ns nan', { roughness: 1 }],
    ['Pr and Pm are taken as they are', 'Pr 0.25\nPm 1', { roughness: 0.25, metallic: 1 }],
    ['d makes it transparent', 'd 0.5', { alpha: 0.5, mode: 'BLEND' }],
    ['Tr is the contrary of d', 'Tr 0.25', { alpha: 0.75, mode: 'BLEND' }],
    ['nothing is said', '', { roughness: 1, metallic: 0, alpha: 1, mode: 'OPAQUE' }],
  ])('in a material, %s', (_, lines, expected) => {
    const { document } = read(`mtllib s.mtl\nusemtl m\n${square}f 1 2 3\n`, { 's.mtl': `newmtl m\n${lines}\n` });
    const material = document.getRoot().listMaterials()[0]!;
    const found = {
      roughness: Number(material.getRoughnessFactor().toFixed(4)),
      metallic: material.getMetallicFactor(),
      alpha: material.getBaseColorFactor()[3],
      mode: material.getAlphaMode(),
    };
    expect(found).toMatchObject(expected);
  });

  test('a map is loaded by its name behind the options, and stands in for the colour', () => {
    const mtl = 'newmtl m\nKd 0 0 0\nmap_Kd -s 1 1 -clamp on my texture.png\n';
    const { document } = read(`mtllib s.mtl\nusemtl m\n${square}f 1 2 3\n`, {
      's.mtl': mtl,
      'my texture.png': smallPng(),
    });
    const material = document.getRoot().listMaterials()[0]!;
    expect(material.getBaseColorTexture()?.getMimeType()).toBe('image/png');
    expect(material.getBaseColorFactor()).toEqual([1, 1, 1, 1]);
  });
});

test('limits hold before memory is taken', () => {
  const few = { ...limits, triangles: 1 };
  expect(() => readObj(Buffer.from(`${square}f 1 2 3\nf 1 3 4\n`), { limits: few })).toThrow(
    expect.objectContaining({ code: 'count_over_limit', pointer: '/lines/6' }),
  );
  expect(() =>
    readObj(Buffer.from(`${square}vt 0 0\nvt 0 0\n`), { limits: { ...limits, accessorElements: 1 } }),
  ).toThrow(expect.objectContaining({ code: 'count_over_limit', pointer: '/lines/6' }));
});

test('any polygon of any corners gives two triangles fewer than corners', () => {
  const coordinate = fc.integer({ min: -4, max: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 3, maxLength: 20 }), (points) => {
      const text = `${points.map((point) => `v ${point.join(' ')}`).join('\n')}\nf ${points.map((_, i) => i + 1).join(' ')}`;
      expect(corners(text)).toHaveLength((points.length - 2) * 3);
    }),
  );
});
