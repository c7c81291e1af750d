import { type Bvh, maxDepth } from './bvh.ts';

/** A line from an origin; the direction need not be of unit length, and distances are in multiples of it. */
export interface Ray {
  readonly origin: ArrayLike<number>;
  readonly direction: ArrayLike<number>;
}

/** Where a ray meets a triangle. */
export interface RayHit {
  triangle: number;
  /** Along the ray, in lengths of its direction. */
  distance: number;
  /** Weights of the second and third corner. */
  u: number;
  v: number;
  /** Whether the ray comes from the side that the triangle faces (counter-clockwise). */
  front: boolean;
}

/** A ray turned so that its largest direction is the third axis (Woop, Benthin & Wald 2013, "Watertight ray/triangle"). */
interface Sheared {
  readonly kx: number;
  readonly ky: number;
  readonly kz: number;
  readonly sx: number;
  readonly sy: number;
  readonly sz: number;
}

function shear({ direction: d }: Ray): Sheared {
  const [x, y, z] = [Math.abs(d[0]), Math.abs(d[1]), Math.abs(d[2])];
  const kz = x >= y && x >= z ? 0 : y >= z ? 1 : 2;
  let kx = (kz + 1) % 3;
  let ky = (kz + 2) % 3;
  if (d[kz] < 0) [kx, ky] = [ky, kx];
  return { kx, ky, kz, sx: d[kx] / d[kz], sy: d[ky] / d[kz], sz: 1 / d[kz] };
}

/** Meets one triangle, its edges included; neighbours leave no gap between them. Writes `hit` and says whether it did. */
function meetTriangle(c: Float32Array, at: number, o: ArrayLike<number>, s: Sheared, hit: RayHit): boolean {
  const { kx, ky, kz, sx, sy, sz } = s;
  const az = c[at + kz] - o[kz];
  const bz = c[at + 3 + kz] - o[kz];
  const cz = c[at + 6 + kz] - o[kz];
  const ax = c[at + kx] - o[kx] - sx * az;
  const ay = c[at + ky] - o[ky] - sy * az;
  const bx = c[at + 3 + kx] - o[kx] - sx * bz;
  const by = c[at + 3 + ky] - o[ky] - sy * bz;
  const cx = c[at + 6 + kx] - o[kx] - sx * cz;
  const cy = c[at + 6 + ky] - o[ky] - sy * cz;
  const u = cx * by - cy * bx;
  const v = ax * cy - ay * cx;
  const w = bx * ay - by * ax;
  if ((u < 0 || v < 0 || w < 0) && (u > 0 || v > 0 || w > 0)) return false;
  const sum = u + v + w;
  if (sum === 0) return false;
  hit.distance = (sz * (u * az + v * bz + w * cz)) / sum;
  hit.u = v / sum;
  hit.v = w / sum;
  hit.front = sum > 0;
  return true;
}

/** Rounding of the quotients must not lose a box (Ize 2013). */
const shorter = 1 - 1e-15;
const longer = 1 + 1e-15;

/** Where a ray enters a box, or infinity when it misses it or enters beyond `far`. */
function enterBox(b: Float32Array, at: number, o: ArrayLike<number>, inverse: ArrayLike<number>, far: number): number {
  const px = (b[at] - o[0]) * inverse[0];
  const qx = (b[at + 3] - o[0]) * inverse[0];
  const py = (b[at + 1] - o[1]) * inverse[1];
  const qy = (b[at + 4] - o[1]) * inverse[1];
  const pz = (b[at + 2] - o[2]) * inverse[2];
  const qz = (b[at + 5] - o[2]) * inverse[2];
  const near = Math.max(Math.min(px, qx), Math.min(py, qy), Math.min(pz, qz)) * shorter;
  const leave = Math.min(Math.max(px, qx), Math.max(py, qy), Math.max(pz, qz)) * longer;
  return near <= leave && near <= far && leave >= 0 ? Math.max(near, 0) : Infinity;
}

/** A direction’s reciprocals; a zero becomes tiny, so that no product is undefined. */
const invert = (d: ArrayLike<number>): number[] => [1 / (d[0] || 1e-300), 1 / (d[1] || 1e-300), 1 / (d[2] || 1e-300)];

/** Where the walk of one ray keeps its way back; a walk ends before another begins. */
const stack = new Uint32Array(maxDepth);

/** A hit to be written to. */
export const noHit = (): RayHit => ({ triangle: -1, distance: Infinity, u: 0, v: 0, front: false });

/**
 * The first triangle that a ray meets between `near` and `far` (in lengths of its direction). Writes `hit` and says
 * whether there is one. About a microsecond on 100,000 triangles; allocates little.
 */
export function castRay(bvh: Bvh, ray: Ray, hit: RayHit, near = 0, far = Infinity): boolean {
  const inverse = invert(ray.direction);
  const sheared = shear(ray);
  const found = noHit();
  hit.distance = far;
  hit.triangle = -1;
  let depth = 0;
  let node = 0;
  if (enterBox(bvh.bounds, 0, ray.origin, inverse, far) === Infinity) return false;
  for (;;) {
    const count = bvh.counts[node];
    if (count > 0 || bvh.triangles.length === 0) {
      for (let slot = bvh.links[node]; slot < bvh.links[node] + count; slot++) {
        if (!meetTriangle(bvh.corners, slot * 9, ray.origin, sheared, found)) continue;
        const nearer =
          found.distance < hit.distance || (found.distance === hit.distance && bvh.triangles[slot] < hit.triangle);
        if (found.distance < near || !nearer) continue;
        hit.distance = found.distance;
        hit.u = found.u;
        hit.v = found.v;
        hit.front = found.front;
        hit.triangle = bvh.triangles[slot];
      }
    } else {
      const left = enterBox(bvh.bounds, (node + 1) * 6, ray.origin, inverse, hit.distance);
      const right = enterBox(bvh.bounds, bvh.links[node] * 6, ray.origin, inverse, hit.distance);
      if (left < Infinity && right < Infinity) {
        stack[depth++] = left <= right ? bvh.links[node] : node + 1;
        node = left <= right ? node + 1 : bvh.links[node];
        continue;
      }
      if (left < Infinity || right < Infinity) {
        node = left < Infinity ? node + 1 : bvh.links[node];
        continue;
      }
    }
    if (depth === 0) return hit.triangle >= 0;
    node = stack[--depth];
  }
}

/** Every triangle that a ray meets beyond its origin, in no order that has a meaning. The hit is reused between calls. */
export function visitRayHits(bvh: Bvh, ray: Ray, visit: (hit: Readonly<RayHit>) => void): void {
  const inverse = invert(ray.direction);
  const sheared = shear(ray);
  const hit = noHit();
  const todo = [0];
  while (todo.length > 0) {
    const node = todo.pop()!;
    if (enterBox(bvh.bounds, node * 6, ray.origin, inverse, Infinity) === Infinity) continue;
    const count = bvh.counts[node];
    if (count === 0 && bvh.triangles.length > 0) todo.push(bvh.links[node], node + 1);
    for (let slot = bvh.links[node]; slot < bvh.links[node] + count; slot++) {
      if (!meetTriangle(bvh.corners, slot * 9, ray.origin, sheared, hit) || hit.distance < 0) continue;
      hit.triangle = bvh.triangles[slot];
      visit(hit);
    }
  }
}
