import type { Camera, Vec3 } from './camera.ts';

/** Light from far away. */
export interface DirectionalLight {
  /** Towards the light; need not have length 1. */
  readonly towards: Vec3;
  /** Linear RGB; 1 makes a white matte surface that faces the light exactly white. */
  readonly colour: Vec3;
  /** Whether the light stands still, or goes with the camera. */
  readonly frame: 'world' | 'camera';
}

/** The light of a picture, all of it by formula. */
export interface LightRig {
  /** Light from above and from below, linear RGB, blended by the height of the normal; 1 makes white matte white. */
  readonly sky: Vec3;
  readonly ground: Vec3;
  readonly lights: readonly DirectionalLight[];
  /** How strongly smooth surfaces mirror sky and ground, 0–1. */
  readonly reflections: number;
}

const grey = (value: number): Vec3 => [value, value, value];

/**
 * The light of the gate: a bright sky, a dim ground, a main light over the left shoulder and a weak one from the right,
 * both going with the camera, so that no view lies in the dark. White matte surfaces stay below 1: nothing burns out.
 */
export const gateLight: LightRig = {
  sky: grey(0.5),
  ground: grey(0.26),
  lights: [
    { towards: [-0.5, 0.8, 1], colour: grey(0.48), frame: 'camera' },
    { towards: [1, 0.1, 0.5], colour: grey(0.12), frame: 'camera' },
  ],
  reflections: 1,
};

/** A rig in world space, in one array each, as it is read pixel by pixel. */
export interface PlacedLights {
  /** Of the ground, and what the sky adds to it. */
  readonly ground: Float64Array;
  readonly lift: Float64Array;
  /** `[lights × 6]`: unit direction, colour. */
  readonly lights: Float64Array;
  readonly reflections: number;
}

/** Turns the lights that go with the camera into the world. */
export function placeLights(rig: LightRig, camera: Camera): PlacedLights {
  const { right, up, back } = camera;
  const lights = new Float64Array(rig.lights.length * 6);
  rig.lights.forEach(({ towards: [x, y, z], colour, frame }, i) => {
    const turned = (k: 0 | 1 | 2): number => right[k] * x + up[k] * y + back[k] * z;
    const [dx, dy, dz] = frame === 'world' ? [x, y, z] : [turned(0), turned(1), turned(2)];
    const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
    lights.set([dx / length, dy / length, dz / length, ...colour], i * 6);
  });
  const { sky, ground, reflections } = rig;
  return {
    ground: Float64Array.from(ground),
    lift: Float64Array.from(ground, (value, k) => sky[k]! - value),
    lights,
    reflections,
  };
}
