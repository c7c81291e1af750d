import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sphereDocument } from '../../testing/sphere-document.ts';
import type { TriangleList } from './join-triangles.ts';
import { measureTopology } from './topology.ts';
import { triangleIndices } from './triangle-indices.ts';

const tetrahedron: TriangleList = {
  positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1),
  indices: Uint32Array.of(0, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3),
};

const without = (list: TriangleList, triangles: number): TriangleList => ({
  ...list,
  indices: list.indices.subarray(triangles * 3),
});

/** The same triangles with three vertices of their own each. */
const soup = ({ positions, indices }: TriangleList): TriangleList => ({
  positions: Float32Array.from([...indices].flatMap((at) => [...positions.subarray(at * 3, at * 3 + 3)])),
  indices: Uint32Array.from(indices.keys()),
});

const sphere = (uv: boolean): TriangleList => {
  const primitive = sphereDocument({ segments: 16, uv }).getRoot().listMeshes()[0]!.listPrimitives()[0]!;
  return {
    positions: primitive.getAttribute('POSITION')!.getArray() as Float32Array,
    indices: triangleIndices(primitive),
  };
};

describe('measureTopology', () => {
  test.each<[string, TriangleList, number, number, number, number]>([
    ['a tetrahedron is closed and one piece', tetrahedron, 0, 0, 1, 0],
    ['a tetrahedron without one face has three open edges', without(tetrahedron, 1), 3, 0, 1, 0],
    ['a triangle soup is welded by position first', soup(tetrahedron), 0, 0, 1, 0],
    ['a sphere with a UV seam is closed', sphere(true), 0, 0, 1, 0],
    ['a sphere without a seam is closed', sphere(false), 0, 0, 1, 0],
    [
      'an edge with three faces is not manifold',
      {
        positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, -1, 0),
        indices: Uint32Array.of(0, 1, 2, 0, 1, 3, 0, 1, 4),
      },
      6,
      1,
      1,
      0,
    ],
    [
      'two triangles that share nothing are two pieces',
      { positions: Float32Array.from({ length: 18 }, (_, i) => i * i), indices: Uint32Array.of(0, 1, 2, 3, 4, 5) },
      6,
      0,
      2,
      0,
    ],
    [
      'a triangle with two corners at one place is left out',
      { positions: Float32Array.of(0, 0, 0, 1, 0, 0, -0, 0, 0), indices: Uint32Array.of(0, 1, 2) },
      0,
      0,
      0,
      1,
    ],
    ['nothing is nothing', { positions: new Float32Array(0), indices: new Uint32Array(0) }, 0, 0, 0, 0],
  ])('%s', (_, list, openEdges, nonManifoldEdges, components, degenerateTriangles) => {
    expect(measureTopology(list)).toEqual({ openEdges, nonManifoldEdges, components, degenerateTriangles });
  });

  test('agrees with counting edges in a map, for any triangles', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 90 }), (corners) => {
        const indices = Uint32Array.from(corners.slice(0, corners.length - (corners.length % 3)));
        const positions = Float32Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? Math.floor(i / 6) : 0));
        const edges = new Map<string, number>();
        for (let i = 0; i < indices.length; i += 3) {
          const face = [0, 1, 2].map((k) => positions[indices[i + k]! * 3]!);
          if (new Set(face).size < 3) continue;
          for (const [a, b] of [
            [0, 1],
            [1, 2],
            [2, 0],
          ] as const) {
            const key = [face[a]!, face[b]!].sort().join();
            edges.set(key, (edges.get(key) ?? 0) + 1);
          }
        }
        const counts = [...edges.values()];
        const { openEdges, nonManifoldEdges } = measureTopology({ positions, indices });
        expect(openEdges).toBe(counts.filter((count) => count === 1).length);
        expect(nonManifoldEdges).toBe(counts.filter((count) => count > 2).length);
      }),
    );
  });
});
