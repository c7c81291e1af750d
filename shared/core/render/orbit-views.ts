import { type Camera, perspectiveCamera, type Vec3 } from './camera.ts';
import { cosDegrees, sinDegrees } from './stable-math.ts';

/** What the camera must hold: a sphere around the model, metres. */
export interface Bounds {
  readonly centre: Vec3;
  readonly radius: number;
  /** Corners of the box. */
  readonly min: Vec3;
  readonly max: Vec3;
}

/** Box of points `[points × 3]`, and the sphere around its centre that holds them. Points that are not finite are left out. */
export function boundsOf(positions: Float32Array): Bounds {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    const value = positions[i];
    if (!Number.isFinite(value)) continue;
    if (value < min[axis]!) min[axis] = value;
    if (value > max[axis]!) max[axis] = value;
  }
  if (!(min[0]! <= max[0]! && min[1]! <= max[1]! && min[2]! <= max[2]!)) {
    return { centre: [0, 0, 0], radius: 1, min: [-1, -1, -1], max: [1, 1, 1] };
  }
  const centre: Vec3 = [(min[0]! + max[0]!) / 2, (min[1]! + max[1]!) / 2, (min[2]! + max[2]!) / 2];
  let radius2 = 0;
  for (let i = 0; i + 2 < positions.length; i += 3) {
    const x = positions[i] - centre[0];
    const y = positions[i + 1] - centre[1];
    const z = positions[i + 2] - centre[2];
    const distance2 = x * x + y * y + z * z;
    if (distance2 > radius2 && distance2 < Infinity) radius2 = distance2;
  }
  // A single point still gets a picture.
  const radius = radius2 > 0 ? Math.sqrt(radius2) : 1;
  return { centre, radius, min: min as unknown as Vec3, max: max as unknown as Vec3 };
}

/** A place on the sphere around a model: azimuth from +Z towards +X, elevation from the horizon, in degrees. */
export interface Direction {
  readonly azimuth: number;
  readonly elevation: number;
}

/** Vertical field of view of the views of the gate: long enough that a model looks like itself. */
export const gateFovDegrees = 30;

const towards = ({ azimuth, elevation }: Direction): Vec3 => [
  cosDegrees(elevation) * sinDegrees(azimuth),
  sinDegrees(elevation),
  cosDegrees(elevation) * cosDegrees(azimuth),
];

const along = (origin: Vec3, direction: Vec3, distance: number): Vec3 => [
  origin[0] + direction[0] * distance,
  origin[1] + direction[1] * distance,
  origin[2] + direction[2] * distance,
];

/** A camera in that direction, far enough away to hold the bounding sphere, whatever the direction. */
export function orbitCamera(bounds: Bounds, direction: Direction, fovDegrees = gateFovDegrees): Camera {
  // 2 % of air around the sphere.
  const distance = (bounds.radius * 1.02) / sinDegrees(fovDegrees / 2);
  const eye = along(bounds.centre, towards(direction), distance);
  return perspectiveCamera(eye, bounds.centre, fovDegrees, distance - bounds.radius * 1.01);
}

/** `count` views of equal steps around the model, beginning in front (+Z). */
export function ringDirections(count: number, elevation: number, startAzimuth = 0): Direction[] {
  return Array.from({ length: count }, (_, i) => ({ azimuth: startAzimuth + (360 * i) / count, elevation }));
}

/** Elevation of the five upper corners of an icosahedron that stands on one of its corners: atan(1/2). */
const icosahedronElevation = 26.56505117707799;

/**
 * The twelve views by which the gate judges: from the corners of an icosahedron, the most even choice of twelve. Five
 * around from above, beginning in front, five between them from below, one straight down, one straight up.
 */
export const gateDirections: readonly Direction[] = [
  ...ringDirections(5, icosahedronElevation),
  ...ringDirections(5, -icosahedronElevation, 36),
  { azimuth: 0, elevation: 90 },
  { azimuth: 0, elevation: -90 },
];

export const gateViews = (bounds: Bounds): Camera[] =>
  gateDirections.map((direction) => orbitCamera(bounds, direction));

/** Views of the network's judge: it names angles by theta (azimuth) and phi (negative is from above). */
export const judgeDirections = {
  front_left: { azimuth: 30, elevation: 0 },
  front_right: { azimuth: 330, elevation: 0 },
  front_below: { azimuth: 0, elevation: -15 },
  front_above: { azimuth: 0, elevation: 30 },
  right: { azimuth: 90, elevation: 0 },
  back: { azimuth: 180, elevation: 0 },
  left: { azimuth: 270, elevation: 0 },
  top_down: { azimuth: 0, elevation: 90 },
} as const satisfies Record<string, Direction>;

/** The judge's camera: 49.1° high, 2 m from the origin for models of at most ±0.6 m. */
export function judgeCamera(direction: Direction, distanceM = 2): Camera {
  return perspectiveCamera(along([0, 0, 0], towards(direction), distanceM), [0, 0, 0], 49.1, 0.01);
}
