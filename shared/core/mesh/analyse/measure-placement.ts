import type { Bvh } from '../bvh/bvh.ts';
import type { TriangleList } from '../join-triangles.ts';
import { sampleTriangles } from '../sample-surface.ts';
import { estimateOrientation, type Orientation } from './estimate-orientation.ts';
import { areaVector } from './measure-faces.ts';
import { measureSymmetry } from './measure-symmetry.ts';

type Vector = [number, number, number];

/** How large a model is, where its origin lies and which way it stands. Metres. */
export interface Placement {
  readonly boundsMin: Vector;
  readonly boundsMax: Vector;
  readonly sizeM: Vector;
  readonly diagonalM: number;
  /** From the middle of the underside (lowest along +Y) to the origin. */
  readonly pivotFromBottomM: Vector;
  /** From the middle of the box to the origin. */
  readonly pivotFromCentreM: Vector;
  readonly orientation: Orientation;
}

const stanceSamples = 4096;
const symmetrySamples = 512;

/** Lowest and highest corner of the triangles in a tree, and the length between them. */
export function measureBounds({ bounds }: Bvh): { bounds: Float64Array; diagonalM: number } {
  const box = Float64Array.from(bounds.subarray(0, 6));
  return { bounds: box, diagonalM: Math.hypot(box[3] - box[0], box[4] - box[1], box[5] - box[2]) };
}

function normalsOf({ positions, indices }: TriangleList, triangles: Uint32Array): Float32Array {
  const normals = new Float32Array(triangles.length * 3);
  const normal = new Float64Array(3);
  triangles.forEach((t, i) => {
    const [a, b, c] = [indices[t * 3] * 3, indices[t * 3 + 1] * 3, indices[t * 3 + 2] * 3];
    const length = Math.sqrt(areaVector(positions, a, b, c, normal));
    for (let k = 0; k < 3; k++) normals[i * 3 + k] = length > 0 ? normal[k] / length : 0;
  });
  return normals;
}

/** Measures the placement of a triangle list over its tree. */
export function measurePlacement(list: TriangleList, bvh: Bvh, seed: number): Placement {
  const { bounds, diagonalM } = measureBounds(bvh);
  const [x0, y0, z0, x1, y1, z1] = bounds;
  const stance = sampleTriangles(list, stanceSamples, seed);
  const mirror = sampleTriangles(list, symmetrySamples, seed);
  const asymmetry = measureSymmetry(bvh, mirror.points, bounds, diagonalM);
  const [cx, cy, cz] = [(x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2];
  return {
    boundsMin: [x0, y0, z0],
    boundsMax: [x1, y1, z1],
    sizeM: [x1 - x0, y1 - y0, z1 - z0],
    diagonalM,
    pivotFromBottomM: [0 - cx, 0 - y0, 0 - cz],
    pivotFromCentreM: [0 - cx, 0 - cy, 0 - cz],
    orientation: estimateOrientation(stance.points, normalsOf(list, stance.triangles), bounds, asymmetry),
  };
}
