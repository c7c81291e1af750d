import { cosDegrees, sinDegrees } from './stable-math.ts';

export type Vec3 = readonly [x: number, y: number, z: number];

/** Where a picture is taken from. The frame of the camera: +X right, +Y up, looking along −Z. */
export interface Camera {
  readonly kind: 'perspective' | 'orthographic';
  readonly eye: Vec3;
  /** Unit vectors of the camera's axes in world space; `back` points from what is looked at to the eye. */
  readonly right: Vec3;
  readonly up: Vec3;
  readonly back: Vec3;
  /** Perspective: half the height of the picture at distance 1. Orthographic: half its height in metres. */
  readonly halfHeight: number;
  /** Perspective: nothing nearer than this is drawn, in metres. Orthographic cameras see in front and behind. */
  readonly nearM: number;
}

const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a: Vec3): Vec3 => {
  const length = Math.sqrt(dot(a, a));
  return [a[0] / length, a[1] / length, a[2] / length];
};

/** The axes of a camera at `eye` that looks at `target`, +Y up; straight up or down, −Z or +Z is up in the picture. */
function axes(eye: Vec3, target: Vec3): Pick<Camera, 'right' | 'up' | 'back'> {
  const back = unit(subtract(eye, target));
  const steep = Math.abs(back[1]) > 0.99999;
  const right = unit(cross(steep ? [0, 0, back[1] > 0 ? -1 : 1] : [0, 1, 0], back));
  return { right, up: cross(back, right), back };
}

/** A perspective camera with a vertical field of view in degrees. */
export function perspectiveCamera(eye: Vec3, target: Vec3, fovDegrees: number, nearM = 0.001): Camera {
  const halfHeight = sinDegrees(fovDegrees / 2) / cosDegrees(fovDegrees / 2);
  return { kind: 'perspective', eye, ...axes(eye, target), halfHeight, nearM };
}

/** A camera of parallel rays whose picture is `2 × halfHeightM` metres high. */
export function orthographicCamera(eye: Vec3, target: Vec3, halfHeightM: number): Camera {
  return { kind: 'orthographic', eye, ...axes(eye, target), halfHeight: halfHeightM, nearM: 0 };
}

/** The same camera for a model that lies upside down: turned by half a turn around X, as +Y-down files need. */
export function turnedCamera(camera: Camera): Camera {
  const turn = ([x, y, z]: Vec3): Vec3 => [x, -y, -z];
  return {
    ...camera,
    eye: turn(camera.eye),
    right: turn(camera.right),
    up: turn(camera.up),
    back: turn(camera.back),
  };
}
