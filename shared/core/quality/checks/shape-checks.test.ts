import { describe, expect, test } from '@jest/globals';
import { box, klein, mapped, mesh, together, torus, turned, without } from '../../../testing/exact-meshes.ts';
import { gateContext, gateFile, type MeshDocumentOptions, meshDocument, sheet } from '../../../testing/gate-files.ts';
import type { TriangleList } from '../../mesh/join-triangles.ts';
import type { Check } from '../gate-file.ts';
import { checkDegenerate } from './check-degenerate.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkFloaters } from './check-floaters.ts';
import { checkHoles } from './check-holes.ts';
import { checkNonManifold } from './check-non-manifold.ts';
import { checkSelfIntersection } from './check-self-intersection.ts';
import { checkThinParts } from './check-thin-parts.ts';
import { checkWinding } from './check-winding.ts';

async function run(check: Check, list: TriangleList, options?: MeshDocumentOptions) {
  const file = await gateFile(meshDocument(list, options));
  return check(file, gateContext(file));
}

/** The cube with a triangle more, given by its corners. */
const cubeWith = (...corners: number[]): TriangleList => {
  const { positions, indices } = box();
  return { positions, indices: Uint32Array.from([...indices, ...corners]) };
};
const [first] = [[...box().indices.subarray(0, 3)]];
const [a, b, c] = first as [number, number, number];
/** The cube with a fin on one edge: a point of its own above it. */
const finned = together(box(), mesh([-0.5, -0.5, -0.5, 0.5, -0.5, -0.5, 0, -1, -1], [0, 1, 2]));
/** A flat square of a metre with a square opening in its middle. */
function windowed(side: number): TriangleList {
  const ring = (half: number) => [-half, -half, 0, half, -half, 0, half, half, 0, -half, half, 0];
  const quads = [0, 1, 2, 3].flatMap((i) => {
    const j = (i + 1) % 4;
    return [i, j, 4 + j, i, 4 + j, 4 + i];
  });
  return mesh([...ring(0.5), ...ring(side / 2)], quads);
}
/** The cube with one of its triangles turned over. */
const oneTurned = { ...box(), indices: box().indices.slice() };
oneTurned.indices.set([a, c, b]);

describe('a fault of the shape is found and measured', () => {
  test.each<[string, Check, TriangleList, string, number, number, object]>([
    ['a crumb in the air', checkFloaters, together(box(), box(0.01, [2, 0, 0])), 'floaters', 1, 0, { triangles: 12 }],
    ['a cube without a side', checkHoles, without(box(), 2), 'holes', 1, 0, { edges: 4 }],
    ['a gap in a torus', checkHoles, without(torus(), 2), 'holes', 1, 0, { edges: 4 }],
    ['a window in a sheet', checkHoles, windowed(0.1), 'holes', 1, 0, { edges: 4 }],
    ['a fin on an edge', checkNonManifold, finned, 'non_manifold_edges', 1 / 20, 0.0003, { edges: 1 }],
    [
      'cubes that touch at a corner',
      checkNonManifold,
      together(box(), box(1, [1, 1, 1])),
      'non_manifold_points',
      1,
      0,
      { points: 1 },
    ],
    [
      'a triangle on two points',
      checkDegenerate,
      cubeWith(a, b, b),
      'degenerate_triangles',
      1 / 13,
      0.005,
      { triangles: 1 },
    ],
    ['a triangle again', checkDuplicates, cubeWith(b, c, a), 'duplicate_triangles', 1 / 13, 0.001, { triangles: 1 }],
    ['a cube inside out', checkWinding, turned(box()), 'inside_out', 1, 0.01, { triangles: 12 }],
    [
      'an open torus inside out',
      checkWinding,
      without(turned(torus()), 1),
      'inside_out',
      1,
      0.01,
      { triangles: 24 * 12 * 2 - 1 },
    ],
    ['one face turned over', checkWinding, oneTurned, 'winding_inconsistent', 1 / 12, 0.0005, { triangles: 1 }],
  ])('%s', async (_, check, list, code, measured, limit, marked) => {
    const findings = await run(check, list);
    expect(findings).toHaveLength(1);
    const [{ marks, ...finding }] = findings as [(typeof findings)[0]];
    expect(finding).toMatchObject({ code, file: 'model', pointer: '/meshes/0', limit });
    expect(finding.measured).toBeCloseTo(measured, 3);
    expect(marks?.mesh).toBe(0);
    for (const [kind, count] of Object.entries(marked)) expect(marks?.[kind as 'edges']).toHaveLength(count);
  });

  test('a surface that passes through itself', async () => {
    const [finding] = await run(checkSelfIntersection, klein());
    expect(finding).toMatchObject({ code: 'self_intersection', severity: 'warning' });
    expect(finding?.marks?.triangles?.length).toBeGreaterThan(20);
  });

  test('a plate thinner than a pixel', async () => {
    const [finding] = await run(
      checkThinParts,
      mapped(box(), ([x, y, z]) => [x!, y! * 0.001, z!]),
    );
    expect(finding).toMatchObject({ code: 'thin_parts', severity: 'info' });
    expect(finding?.measured).toBeGreaterThan(0.9);
  });
});

describe('what only looks like a fault passes', () => {
  test.each<[string, ...Parameters<typeof run>]>([
    ['two pieces of one size', checkFloaters, together(box(), box(1, [3, 0, 0]))],
    ['a crumb that stands in the model', checkFloaters, together(box(), box(0.01, [0.5, 0, 0]))],
    ['a flat sheet', checkHoles, sheet()],
    ['a closed cube', checkHoles, box()],
    ['a pinhole', checkHoles, windowed(0.004)],
    ['cubes side by side', checkNonManifold, together(box(), box(1, [3, 0, 0]))],
    ['cubes in each other', checkSelfIntersection, together(box(), box(1, [0.5, 0.5, 0.5]))],
    ['a cube', checkDegenerate, box()],
    ['faces back to back', checkDuplicates, cubeWith(a, c, b)],
    ['the wall of a cavity', checkWinding, together(box(), turned(box(0.5)))],
    ['a cube inside out with two-sided faces', checkWinding, turned(box()), { doubleSided: true }],
    ['a sheet, which has no outside', checkWinding, sheet()],
    ['a torus', checkThinParts, torus()],
  ])('%s', async (_, ...args) => {
    expect(await run(...args)).toEqual([]);
  });
});
