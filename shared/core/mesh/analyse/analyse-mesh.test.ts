import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { box, klein, mapped, mesh, moebius, together, torus, turned, without } from '../../../testing/exact-meshes.ts';
import type { TriangleList } from '../join-triangles.ts';
import { analyseMesh } from './analyse-mesh.ts';

/** The counts that the tests speak of; those that are not named are zero, closed and of one piece. */
function facts(list: TriangleList) {
  const a = analyseMesh(list);
  return {
    components: a.components.count,
    open: a.openEdges.length,
    rims: a.boundaries.length,
    nonManifoldEdges: a.nonManifoldEdges.length,
    nonManifoldPoints: a.fans.nonManifoldPoints.length,
    duplicates: a.duplicates.triangles.length,
    collapsed: a.topology.collapsed.length,
    flat: a.faces.zeroArea.length,
    notFinite: a.topology.notFinite.length,
    flipped: a.sheets.flippedTriangles.length,
    inconsistent: a.sheets.inconsistentEdges.length,
    oneSided: a.sheets.orientable.filter((sides) => sides === 0).length,
    insideOut: a.shells.insideOut.length,
    enclosed: a.shells.enclosed.length,
    crossing: a.selfIntersections.triangles.length,
    tJunctions: a.tJunctions.points.length,
    euler: a.euler,
    genus: a.genus,
    watertight: a.watertight,
  };
}
type Facts = ReturnType<typeof facts>;

const cube: Facts = {
  components: 1,
  open: 0,
  rims: 0,
  nonManifoldEdges: 0,
  nonManifoldPoints: 0,
  duplicates: 0,
  collapsed: 0,
  flat: 0,
  notFinite: 0,
  flipped: 0,
  inconsistent: 0,
  oneSided: 0,
  insideOut: 0,
  enclosed: 0,
  crossing: 0,
  tJunctions: 0,
  euler: 2,
  genus: 0,
  watertight: true,
};
const nothing: Facts = { ...cube, components: 0, euler: 0, watertight: false };

const square = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0];
const soup = ({ positions, indices }: TriangleList): TriangleList => ({
  positions: Float32Array.from([...indices].flatMap((at) => [...positions.subarray(at * 3, at * 3 + 3)])),
  indices: Uint32Array.from(indices.keys()),
});
const flippedOne = (): TriangleList => {
  const { positions, indices } = box();
  const one = indices.slice();
  [one[1], one[2]] = [one[2], one[1]];
  return { positions, indices: one };
};

describe('analyseMesh', () => {
  test.each<[string, TriangleList, Facts]>([
    ['a cube is closed', box(), cube],
    ['a soup is welded by position', soup(box()), cube],
    [
      'a box without its bottom has one rim',
      without(box(), 2),
      { ...cube, open: 4, rims: 1, euler: 1, watertight: false },
    ],
    ['a torus has one handle', torus(), { ...cube, euler: 0, genus: 1 }],
    ['two tori have two', together(torus(), torus(24, 12, [5, 0, 0])), { ...cube, components: 2, euler: 0, genus: 2 }],
    [
      'a Möbius strip has one side and one rim',
      moebius(),
      { ...cube, oneSided: 1, open: 48, rims: 1, inconsistent: 2, euler: 0, genus: null, watertight: false },
    ],
    ['an inside-out cube is told by its volume', turned(box()), { ...cube, insideOut: 1 }],
    ['one flipped face has three edges at odds', flippedOne(), { ...cube, flipped: 1, inconsistent: 3 }],
    [
      'the wall of a cavity may face inwards',
      together(box(3), turned(box(1))),
      { ...cube, components: 2, enclosed: 1, euler: 4 },
    ],
    [
      'a solid that faces inwards within a cavity’s wall is wrong again',
      together(box(5), turned(box(3)), turned(box(1))),
      { ...cube, components: 3, enclosed: 2, insideOut: 1, euler: 6 },
    ],
    [
      'two cubes that meet in a corner share a point that is not manifold',
      together(box(1), box(1, [1, 1, 1])),
      { ...cube, nonManifoldPoints: 1, euler: 3 },
    ],
    [
      'two cubes that meet in an edge share it',
      together(box(1), box(1, [1, 1, 0])),
      { ...cube, nonManifoldEdges: 1, euler: 3, genus: null, watertight: false },
    ],
    [
      'a T-junction is an open edge with a point on it',
      mesh([...square, 0.5, 0, 0, 0.5, -1, 0], [0, 1, 2, 0, 2, 3, 0, 5, 4, 4, 5, 1]),
      { ...cube, open: 8, rims: 2, nonManifoldPoints: 2, tJunctions: 1, euler: 0, genus: 0, watertight: false },
    ],
    [
      'a face that lies twice is a duplicate, and closed is what has two faces at each edge',
      mesh([0, 0, 0, 1, 0, 0, 0, 1, 0], [0, 1, 2, 0, 2, 1]),
      { ...cube, duplicates: 1, insideOut: 0 },
    ],
    [
      'triangles that overlap in a plane cross',
      mesh([...square, 0.2, 0.1, 0, 1.2, 0.1, 0, 0.9, 0.8, 0], [0, 1, 2, 4, 5, 6]),
      { ...cube, components: 2, open: 6, rims: 2, crossing: 2, euler: 2, watertight: false },
    ],
    [
      'triangles that touch do not cross',
      mesh([...square, 0.5, 0, 0, 1, 0, 1, 0, 0, 1, 0.5, 0.5, 0, 1, 1, 2, 0, 0, 2], [0, 1, 2, 4, 5, 6, 7, 8, 9]),
      { ...cube, components: 3, open: 9, rims: 3, tJunctions: 2, crossing: 0, euler: 3, watertight: false },
    ],
    [
      'corners that are not finite, or not there, are set apart',
      mesh([...square, Number.NaN, 0, 0, Infinity, 0, 0], [0, 1, 2, 0, 2, 3, 0, 1, 4, 0, 1, 5, 0, 1, 99]),
      { ...cube, notFinite: 3, open: 4, rims: 1, euler: 1, watertight: false },
    ],
    ['nothing is nothing', mesh([], []), nothing],
    ['all at one point is nothing but collapsed', mesh([1, 1, 1], [0, 0, 0, 0, 0, 0]), { ...nothing, collapsed: 2 }],
    [
      'three points on a line have no area',
      mesh([0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2]),
      { ...cube, flat: 1, open: 3, rims: 1, tJunctions: 1, euler: 1, watertight: false },
    ],
    ['a tiny cube is a cube', box(1e-30), cube],
    ['a vast cube is a cube', box(1e30), cube],
  ])('%s', (_, list, expected) => {
    expect(facts(list)).toEqual(expected);
  });

  test('a Klein bottle is closed, has one side and passes through itself', () => {
    const found = facts(klein());
    expect(found).toMatchObject({ open: 0, nonManifoldEdges: 0, oneSided: 1, euler: 0, genus: null, watertight: true });
    expect(found.crossing).toBeGreaterThan(32);
  });

  test('interpenetrating cubes cross on exactly the faces that meet', () => {
    const a = analyseMesh(
      together(
        box(1),
        mapped(box(0.5), ([x, y, z]) => [x + 0.5, y + 0.04, z + 0.07]),
      ),
    );
    // The small cube’s four sides pass through one side of the large one, which has two triangles.
    const large = [...a.selfIntersections.triangles].filter((t) => t < 12);
    expect(large.every((t) => t >= 10)).toBe(true);
    expect(large).toHaveLength(2);
    expect([...a.selfIntersections.triangles].filter((t) => t >= 12)).toHaveLength(8);
  });

  test.each([65_535, 65_536, 65_537])('a strip of %i vertices is one sheet with one rim', (vertices) => {
    const positions = Float32Array.from({ length: vertices * 3 }, (_, i) => {
      const v = Math.floor(i / 3);
      return i % 3 === 0 ? v % 2 : i % 3 === 1 ? v >> 1 : 0;
    });
    const indices = Uint32Array.from({ length: (vertices - 2) * 3 }, (_, i) => {
      const t = Math.floor(i / 3);
      return t + (t % 2 === 1 && i % 3 > 0 ? 3 - (i % 3) : i % 3);
    });
    const { topology, openEdges, boundaries, sheets } = analyseMesh({ positions, indices });
    expect([topology.points, openEdges.length, boundaries.length, sheets.count]).toEqual([vertices, vertices, 1, 1]);
    expect(sheets.inconsistentEdges).toHaveLength(0);
  });

  test('area, volume and thickness of a cube are those of the book', () => {
    const a = analyseMesh(box(2));
    expect(a.faces.totalAreaM2).toBeCloseTo(24, 10);
    expect(a.volumeM3).toBeCloseTo(8, 10);
    expect([...a.thickness.thicknessM].every((depth) => Math.abs(depth - 2) < 1e-5)).toBe(true);
  });

  test('crumbs beside a large piece float; many alike, and what touches, do not', () => {
    const crumb = (x: number): TriangleList => box(0.01, [x, 0, 0]);
    const found = (list: TriangleList): number[] => [...analyseMesh(list).floaters];
    expect(found(together(box(), crumb(1), crumb(1.2)))).toEqual([1, 2]);
    expect(found(together(box(), crumb(0.5)))).toEqual([]);
    const leaves = Array.from({ length: 200 }, (_, i) => crumb(1 + i / 20));
    expect(found(together(box(), ...leaves))).toEqual([]);
    // Bubbles inside are alike in size to the crumb, and are no reason for it to be there.
    const bubbles = Array.from({ length: 200 }, (_, i) => box(0.01, [(i - 100) / 250, 0, 0]));
    expect(found(together(box(), crumb(1), ...bubbles))).toEqual([1]);
  });

  test('counts stay when a mesh is turned, moved and its triangles shuffled', () => {
    const list = together(
      torus(9, 6),
      mapped(box(0.8), ([x, y, z]) => [x + 1, y + 0.1, z]),
      without(box(1, [4, 0, 0]), 3),
    );
    const expected = facts(list);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6, noNaN: true }), fc.nat(1000), fc.nat(1000), (angle, shift, seed) => {
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const moved = mapped(list, ([x, y, z]) => [c * x - s * y + shift / 100, s * x + c * y, z]);
        const order = Array.from({ length: list.indices.length / 3 }, (_, t) => t).sort(
          (a, b) => ((a * 7919 + seed) % 1009) - ((b * 7919 + seed) % 1009),
        );
        const indices = Uint32Array.from(order.flatMap((t) => [...list.indices.subarray(t * 3, t * 3 + 3)]));
        expect(facts({ positions: moved.positions, indices })).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  test('the caller’s arrays are left alone, and twice is the same', () => {
    const list = together(klein(12, 8), box());
    const copy = { positions: list.positions.slice(), indices: list.indices.slice() };
    expect(JSON.stringify(facts(list))).toBe(JSON.stringify(facts(list)));
    expect(list).toEqual(copy);
  });
});
