import { expect, test } from '@jest/globals';
import { perspectiveCamera } from './camera.ts';
import { gateLight, type LightRig, placeLights } from './light-rig.ts';
import { lightSurface, newSurface } from './light-surface.ts';
import { mirrorShare } from './mirror-share.ts';

const camera = perspectiveCamera([0, 0, 1], [0, 0, 0], 30);

/** Light that leaves a surface with its normal along +Z, towards an eye at this cosine. */
function leaving(rig: LightRig, base: number, metallic: number, roughness: number, cosine = 1): number {
  const surface = newSurface();
  surface.normal.set([0, 0, 1]);
  surface.view.set([Math.sqrt(1 - cosine * cosine), 0, cosine]);
  surface.base.fill(base);
  surface.factors.set([metallic, roughness, 1]);
  const out = new Float64Array(4);
  lightSurface(placeLights(rig, camera), surface, out);
  return out[0];
}

const furnace: LightRig = { sky: [1, 1, 1], ground: [1, 1, 1], lights: [], reflections: 1 };

test.each([0.06, 0.3, 0.6, 1])(
  'in even light, no surface of roughness %d gives back more than it gets',
  (roughness) => {
    for (const cosine of [1, 0.7, 0.3, 0.1]) {
      for (const metallic of [0, 0.5, 1]) {
        const light = leaving(furnace, 1, metallic, roughness, cosine);
        // The fit of the mirror lobe is good to a few percent at grazing angles.
        expect(light).toBeLessThan(1.13);
        expect(light).toBeGreaterThan(0.4);
      }
    }
  },
);

/** Share of even light that comes back, by a grid of directions over the hemisphere. */
function albedo(metallic: number, roughness: number, cosine: number): number {
  const steps = 150;
  let sum = 0;
  for (let i = 0; i < steps * steps; i++) {
    const z = (Math.floor(i / steps) + 0.5) / steps;
    const angle = (2 * Math.PI * ((i % steps) + 0.5)) / steps;
    const ring = Math.sqrt(1 - z * z);
    const towards = [ring * Math.cos(angle), ring * Math.sin(angle), z] as const;
    const lights = [{ towards, colour: [1, 1, 1], frame: 'world' }] as const;
    sum += leaving({ sky: [0, 0, 0], ground: [0, 0, 0], lights, reflections: 0 }, 1, metallic, roughness, cosine);
  }
  return (2 * sum) / (steps * steps);
}

test.each([
  [0, 0.3],
  [0, 1],
  [1, 0.3],
  [1, 0.7],
])(
  'over all directions of light, a white surface of metal %d, roughness %d gives back at most what it gets',
  (metallic, roughness) => {
    const share = albedo(metallic, roughness, 0.8);
    // The table that gives later bounces back is interpolated.
    expect(share).toBeLessThan(1.01);
    expect(share).toBeGreaterThan(0.9);
  },
);

test('the roughest metal mirrors 1 − c ln(1 + 1 / c) at the first facet, as the integral says', () => {
  const out = new Float64Array(3);
  for (const cosine of [0.3, 0.8, 1]) {
    mirrorShare(1, cosine, out);
    expect(out[0]! + out[1]!).toBeCloseTo(1 - cosine * Math.log(1 + 1 / cosine), 2);
  }
  // And all but nothing is lost by a smooth one.
  mirrorShare(0.1, 0.8, out);
  expect(out[0]! + out[1]!).toBeCloseTo(1, 2);
});

test('a matte white surface that faces a light of 1 is white, and dark when it looks away', () => {
  const rig = (z: number): LightRig => ({
    sky: [0, 0, 0],
    ground: [0, 0, 0],
    lights: [{ towards: [0, 0, z], colour: [1, 1, 1], frame: 'world' }],
    reflections: 0,
  });
  // 0.96 scattered and a little mirrored.
  expect(leaving(rig(3), 1, 0, 1)).toBeCloseTo(0.97, 2);
  expect(leaving(rig(-3), 1, 0, 1)).toBe(0);
});

test('the light of the gate burns nothing matte out, and leaves nothing in the dark', () => {
  for (const azimuth of [0, 60, 180]) {
    const eye = [Math.sin(azimuth), 0.3, Math.cos(azimuth)] as const;
    const lights = placeLights(gateLight, perspectiveCamera(eye, [0, 0, 0], 30));
    const surface = newSurface();
    surface.normal.set(eye.map((value) => value / Math.sqrt(1.09)));
    surface.view.set(surface.normal);
    surface.base.fill(1);
    surface.factors.set([0, 1, 1]);
    const out = new Float64Array(4);
    lightSurface(lights, surface, out);
    expect(out[0]).toBeLessThan(1);
    expect(out[0]).toBeGreaterThan(0.6);
  }
});
