import { type Camera, perspectiveCamera, type Vec3 } from '../../render/camera.ts';
import { gateFovDegrees } from '../../render/orbit-views.ts';
import type { RenderScene } from '../../render/scene.ts';
import type { SeenModel } from './compare-scenes.ts';
import type { PlacedMarks } from './place-marks.ts';
import { sidesSizePx } from './see-back-faces.ts';

/** From where marks are shown best. */
export interface MarkView {
  /** Index of the view. */
  readonly view: number;
  /** That view’s eye, turned to the marks and zoomed in if they are small. */
  readonly camera: Camera;
  readonly enlarged: boolean;
  /** False when no view sees any of them: they lie inside. */
  readonly seen: boolean;
}

/** More dots than this are one smear; of more places an even choice is taken. */
const mostPlaces = 2_000;

/** Middles of the marked triangles, then the marked points, `[places × 3]`; at most 2,000 of them, evenly chosen. */
export function markPlaces({ positions, indices }: RenderScene, { triangles, points }: PlacedMarks): Float32Array {
  const total = triangles.length + points.length / 3;
  const count = Math.min(total, mostPlaces);
  const places = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const place = Math.floor((i * total) / count);
    for (let axis = 0; axis < 3; axis++) {
      if (place >= triangles.length) {
        places[i * 3 + axis] = points[(place - triangles.length) * 3 + axis];
        continue;
      }
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += positions[indices[triangles[place] * 3 + k] * 3 + axis];
      places[i * 3 + axis] = sum / 3;
    }
  }
  return places;
}

/** Where a picture of `sizePx` shows a point, in pixels right and down, and its depth in metres; perspective only. */
export function projectPoint(camera: Camera, places: Float32Array, i: number, sizePx: number): Vec3 {
  const { eye, right, up, back, halfHeight } = camera;
  const [x, y, z] = [places[i * 3] - eye[0], places[i * 3 + 1] - eye[1], places[i * 3 + 2] - eye[2]];
  const depth = -(x * back[0] + y * back[1] + z * back[2]);
  const scale = sizePx / (2 * halfHeight * depth);
  return [
    sizePx / 2 + (x * right[0] + y * right[1] + z * right[2]) * scale,
    sizePx / 2 - (x * up[0] + y * up[1] + z * up[2]) * scale,
    depth,
  ];
}

/** A place counts as seen up to this share of its depth behind what is drawn: half a pixel of a slanted face. */
const depthSlack = 0.004;

/** Whether a depth buffer `[sizePx × sizePx]` leaves a projected point in sight. */
export function inSight([x, y, depth]: Vec3, depthM: Float32Array, sizePx: number): boolean {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= sizePx || row >= sizePx) return false;
  return depth <= depthM[row * sizePx + column] * (1 + depthSlack);
}

/** The least angle that a picture of marks shows, so that what is around them can be recognised. */
const leastFovDegrees = 5;

function zoom(camera: Camera, places: Float32Array, chosen: readonly number[]): { camera: Camera; enlarged: boolean } {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const i of chosen) {
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, places[i * 3 + axis]);
      high[axis] = Math.max(high[axis]!, places[i * 3 + axis]);
    }
  }
  const centre = low.map((value, axis) => (value + high[axis]!) / 2) as unknown as Vec3;
  const radius = Math.sqrt(low.reduce((sum, value, axis) => sum + (high[axis]! - value) ** 2, 0)) / 2;
  const distance = Math.sqrt(centre.reduce((sum, value, axis) => sum + (value - camera.eye[axis]!) ** 2, 0));
  // A third more than the marks on every side. No trigonometry: the engine’s differs between machines in the last digit.
  const wanted = Math.max(leastFovDegrees, ((1.4 * 2 * radius) / distance) * (180 / Math.PI));
  if (!(wanted < gateFovDegrees * 0.8)) return { camera, enlarged: false };
  return { camera: perspectiveCamera(camera.eye, centre, wanted, camera.nearM * 0.5), enlarged: true };
}

/** Chooses the view that sees most of the marks; undefined when there are none. */
export function viewMarks(
  scene: RenderScene,
  { cameras, sides }: Pick<SeenModel, 'cameras' | 'sides'>,
  marks: PlacedMarks,
): MarkView | undefined {
  const places = markPlaces(scene, marks);
  const count = places.length / 3;
  if (count === 0) return undefined;
  const marked = new Uint8Array(scene.triangleMaterials.length);
  for (const triangle of marks.triangles) marked[triangle] = 1;
  let best: { view: number; score: number; seen: number[] } = { view: 0, score: -1, seen: [] };
  for (const [view, { triangles, depthM }] of sides.entries()) {
    let score = 0;
    for (const triangle of triangles) if (triangle >= 0) score += marked[triangle];
    const seen: number[] = [];
    for (let i = 0; i < count; i++) {
      if (inSight(projectPoint(cameras[view]!, places, i, sidesSizePx), depthM, sidesSizePx)) seen.push(i);
    }
    score += seen.length;
    if (score > best.score) best = { view, score, seen };
  }
  const all = Array.from({ length: count }, (_, i) => i);
  const chosen = best.seen.length > 0 ? best.seen : all;
  const { camera, enlarged } = zoom(cameras[best.view]!, places, chosen);
  return { view: best.view, camera, enlarged, seen: best.score > 0 };
}
