import { describe, expect, test } from '@jest/globals';
import { box, mesh } from '../../../testing/exact-meshes.ts';
import { analyseUv } from './analyse-uv.ts';
import { measureFaces } from './measure-faces.ts';
import { buildTopology } from './topology.ts';

/** Two unit squares side by side: eight vertices, so that each has a chart of its own. */
const squares = mesh(
  [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 2, 0, 0, 2, 1, 0, 1, 1, 0],
  [0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7],
);
/** A square’s corners with v pointing down, as a picture is seen on it the right way round. */
const cell = (u: number, v: number, size: number): number[] => [
  ...[u, v + size, u + size, v + size],
  ...[u + size, v, u, v],
];
const mirroredCell = (u: number, v: number, size: number): number[] => [
  ...[u + size, v + size, u, v + size],
  ...[u, v, u + size, v],
];

function analyse(uv: readonly number[], list = squares) {
  const topology = buildTopology(list);
  const faces = measureFaces(topology, 30);
  return analyseUv(topology, faces, list.indices, Float32Array.from(uv), { rasterPx: 256, textureSizePx: [512, 512] });
}

describe('analyseUv', () => {
  test('two cells with eight texels between them are two charts, well used and not stretched', () => {
    const a = analyse([...cell(0, 0, 0.25), ...cell(0.25 + 8 / 256, 0, 0.25)]);
    expect(a.charts.count).toBe(2);
    expect(a.overlapShare).toBe(0);
    expect(a.utilisation).toBe(2 / 16);
    expect([...a.gutterPx]).toEqual([8, 8]);
    expect(a.faces.mirroredShare).toBe(0);
    expect(a.faces.l2).toBeCloseTo(1, 6);
    expect(a.faces.lInf).toBeCloseTo(1, 6);
    // A metre spans a quarter of 512 texels.
    expect(a.densityPxPerM.median).toBeCloseTo(128, 4);
    expect(a.seamLengthM).toBe(1);
    expect(a.seamShare).toBe(1 / 3);
    // Both sides run from the same point to the same point, and the corner across lies inside each cell.
    const { triangles, uv, lengthsM, cosines } = a.seamSides;
    expect([[...triangles], [...lengthsM], [...cosines]]).toEqual([[0, 3], [1], [1]]);
    expect([...uv].map((value) => value * 256)).toEqual([64, 64, 64, 0, 0, 64, 72, 64, 72, 0, 136, 0]);
  });

  test('cells that join at their common edge are one chart without a seam', () => {
    const a = analyse([...cell(0, 0, 0.25), ...cell(0.25, 0, 0.25)]);
    expect(a.charts.count).toBe(1);
    expect(a.charts.seams).toHaveLength(0);
    expect(a.overlapShare).toBe(0);
    expect([...a.gutterPx]).toEqual([Infinity]);
  });

  test('cells one upon the other overlap wholly, and each triangle is named', () => {
    const a = analyse([...cell(0, 0, 0.25), ...cell(0, 0, 0.25)]);
    expect(a.overlapShare).toBe(1);
    expect([...a.raster.overlapping]).toEqual([0, 1, 2, 3]);
  });

  test('cells that overlap by half do so for a third of what they cover', () => {
    expect(analyse([...cell(0, 0, 0.25), ...cell(0.125, 0, 0.25)]).overlapShare).toBeCloseTo(1 / 3, 10);
  });

  test('a mirrored cell is told from one that is not', () => {
    const a = analyse([...cell(0, 0, 0.25), ...mirroredCell(0.5, 0, 0.25)]);
    expect(a.faces.mirroredShare).toBe(0.5);
    expect([...a.faces.mirrored]).toEqual([2, 3]);
  });

  test('what lies in another tile is out of range, and overlaps what it repeats', () => {
    const a = analyse([...cell(0, 0, 0.25), ...cell(1, 0, 0.25)]);
    expect([...a.faces.outOfRange]).toEqual([2, 3]);
    expect(a.faces.max).toEqual([1.25, 0.25]);
    expect(a.overlapShare).toBe(1);
  });

  test('a square drawn twice as wide as high has the stretch of the book', () => {
    const wide = [0, 0.25, 0.5, 0.25, 0.5, 0, 0, 0];
    const a = analyse([...wide, ...wide.map((value, i) => (i % 2 === 0 ? value + 0.5 : value))]);
    // Singular values √2 and 1/√2 after scaling: L² = √((2 + 1/2) / 2).
    expect(a.faces.l2).toBeCloseTo(Math.sqrt(1.25), 6);
    expect(a.faces.lInf).toBeCloseTo(Math.SQRT2, 6);
  });

  test('triangles without area in the set are named and left out of the stretch', () => {
    const a = analyse([...cell(0, 0, 0.25), 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect([...a.faces.zeroArea]).toEqual([2, 3]);
    expect(a.faces.l2).toBeCloseTo(1, 6);
  });

  test('coordinates that are no numbers, or vast, neither hang nor count as covered', () => {
    const a = analyse([...cell(0, 0, 0.25), Number.NaN, 0, 1e30, 0, 0, 1e30, Infinity, Infinity]);
    expect(a.raster.skipped).toBe(2);
    expect(a.utilisation).toBe(1 / 16);
    expect([...a.faces.outOfRange]).toEqual([2, 3]);
  });

  test('a closed box whose sides all lie on one cell has a chart for each, or fewer where they meet', () => {
    const list = box();
    const positions = Float32Array.from(
      [...list.indices].flatMap((at) => [...list.positions.subarray(at * 3, at * 3 + 3)]),
    );
    const soup = { positions, indices: Uint32Array.from(list.indices.keys()) };
    const uv = Array.from({ length: 12 }, (_, t) => (t % 2 === 0 ? [0, 1, 1, 1, 1, 0] : [0, 1, 1, 0, 0, 0])).flat();
    const a = analyse(uv, soup);
    expect(a.utilisation).toBe(1);
    expect(a.overlapShare).toBe(1);
    expect(a.charts.innerEdges).toBe(18);
  });
});
