import { buildBvh } from '../../mesh/bvh/build-bvh.ts';
import type { Bvh } from '../../mesh/bvh/bvh.ts';
import { closestPoint } from '../../mesh/bvh/closest-point.ts';
import type { TriangleList } from '../../mesh/join-triangles.ts';
import { sampleTriangles } from '../../mesh/sample-surface.ts';
import { boundsOf } from '../../render/orbit-views.ts';
import { floatingTriangles } from './floating-triangles.ts';

/** How far two surfaces are apart, both ways together. Shares are of the diagonal of the first one’s box. */
export interface SurfaceComparison {
  readonly distanceMaxShare: number;
  readonly distanceRmsShare: number;
  /** Median angle between the faces at nearest points; undefined when nothing could be compared. */
  readonly normalDeviationDeg: number | undefined;
}

/** Samples each way; a tree over the triangles makes each cost a few microseconds. */
const sampleCount = 5_000;

/** Cosine of the angle between two triangles, counter-clockwise sides out; undefined if one has no area. */
function faceCosine(a: TriangleList, ta: number, b: TriangleList, tb: number): number | undefined {
  const [ax, ay, az] = faceNormal(a, ta);
  const [bx, by, bz] = faceNormal(b, tb);
  const lengths = Math.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz));
  return lengths > 0 ? (ax * bx + ay * by + az * bz) / lengths : undefined;
}

function faceNormal({ positions: p, indices }: TriangleList, triangle: number): [number, number, number] {
  const a = indices[triangle * 3] * 3;
  const b = indices[triangle * 3 + 1] * 3;
  const c = indices[triangle * 3 + 2] * 3;
  const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

interface Measured {
  max: number;
  squares: number;
  count: number;
  readonly cosines: number[];
}

/** Samples of `from` against `to`; `isDebris` is asked of triangles of `from` that lie far away. */
function measureFrom(
  from: TriangleList,
  to: TriangleList,
  tree: Bvh,
  measured: Measured,
  isDebris: (triangle: number, distance: number) => boolean,
): void {
  const { points, triangles } = sampleTriangles(from, sampleCount);
  for (let i = 0; i < triangles.length; i++) {
    const nearest = closestPoint(tree, points.subarray(i * 3, i * 3 + 3));
    if (!nearest || isDebris(triangles[i], nearest.distance)) continue;
    measured.max = Math.max(measured.max, nearest.distance);
    measured.squares += nearest.distance * nearest.distance;
    measured.count++;
    const cosine = faceCosine(from, triangles[i], to, nearest.triangle);
    if (cosine !== undefined) measured.cosines.push(cosine);
  }
}

/** Farther than this share of the diagonal is a piece that is missing, not a surface that was simplified. */
const missingShare = 0.02;

/**
 * Whether a far sample of the source lies on a crumb in the air, which a simplifier is right to drop. Which pieces are
 * crumbs is found when it is first asked: most deliveries lack nothing.
 */
function debrisOf(source: TriangleList, diagonal: number): (triangle: number, distance: number) => boolean {
  let floats: Uint8Array | undefined;
  return (triangle, distance) => {
    if (distance <= diagonal * missingShare) return false;
    floats ??= floatingTriangles(source);
    return floats[triangle] === 1;
  };
}

/**
 * Sampled two-way distance (Cignoni, Rocchini & Scopigno 1998, "Metro"): each surface’s samples against the other’s
 * nearest points. The maximum is a lower bound of the Hausdorff distance. Floaters of the source that the delivery lacks
 * do not count; floaters that it has and the source has not do. When only one of the two has a surface, both shares are 1.
 * Deterministic; about 0.5 s for 400,000 against 100,000 triangles.
 */
export function compareSurfaces(source: TriangleList, delivered: TriangleList): SurfaceComparison {
  const { min, max } = boundsOf(source.positions);
  const diagonal = Math.sqrt((max[0] - min[0]) ** 2 + (max[1] - min[1]) ** 2 + (max[2] - min[2]) ** 2);
  const measured: Measured = { max: 0, squares: 0, count: 0, cosines: [] };
  measureFrom(source, delivered, buildBvh(delivered), measured, debrisOf(source, diagonal));
  measureFrom(delivered, source, buildBvh(source), measured, () => false);
  if (measured.count === 0) {
    const share = source.indices.length === delivered.indices.length ? 0 : 1;
    return { distanceMaxShare: share, distanceRmsShare: share, normalDeviationDeg: undefined };
  }
  const share = (metres: number): number => (diagonal > 0 ? metres / diagonal : 0);
  const cosines = Float64Array.from(measured.cosines).sort();
  const median = cosines[cosines.length >> 1];
  return {
    distanceMaxShare: share(measured.max),
    distanceRmsShare: share(Math.sqrt(measured.squares / measured.count)),
    normalDeviationDeg:
      median === undefined ? undefined : (Math.acos(Math.max(-1, Math.min(1, median))) * 180) / Math.PI,
  };
}
