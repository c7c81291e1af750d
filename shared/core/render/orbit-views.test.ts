import { expect, test } from '@jest/globals';
import type { Camera } from './camera.ts';
import { boundsOf, gateDirections, gateViews, judgeCamera, judgeDirections, orbitCamera } from './orbit-views.ts';
import { allocateProjection, projectVertices } from './project-vertices.ts';

const place = (camera: Camera, point: readonly number[]): [number, number] => {
  const out = allocateProjection(1);
  projectVertices(Float32Array.from(point), camera, 100, 100, out);
  return [out.x[0]! / out.w[0]!, out.y[0]! / out.w[0]!];
};

test('every view of the gate holds the whole model', () => {
  const positions = Float32Array.from(
    { length: 3000 },
    (_, i) => Math.sin(i * i) * [3, 0.5, 1][i % 3]! + [7, -2, 0][i % 3]!,
  );
  const vertices = allocateProjection(1000);
  for (const camera of gateViews(boundsOf(positions))) {
    projectVertices(positions, camera, 200, 200, vertices);
    expect(vertices.outside.every((bits) => bits === 0)).toBe(true);
  }
});

test('twelve views look from twelve sides, and every side is seen by two within 64 degrees, by one within 38', () => {
  const views = gateViews({ centre: [0, 0, 0], radius: 1, min: [-1, -1, -1], max: [1, 1, 1] });
  expect(new Set(gateDirections.map(({ azimuth, elevation }) => `${azimuth} ${elevation}`)).size).toBe(12);
  for (let i = 0; i < 500; i++) {
    const y = 1 - (2 * i + 1) / 500;
    const ring = Math.sqrt(1 - y * y);
    const normal = [ring * Math.cos(i * 2.4), y, ring * Math.sin(i * 2.4)];
    const cosines = views.map(({ back }) => back.reduce((sum, value, k) => sum + value * normal[k]!, 0));
    expect(cosines.filter((cosine) => cosine > Math.cos((64 * Math.PI) / 180)).length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...cosines)).toBeGreaterThan(Math.cos((38 * Math.PI) / 180));
  }
});

test('azimuth 90 stands at +X and sees +Z at its left', () => {
  const camera = orbitCamera(boundsOf(Float32Array.of(-1, -1, -1, 1, 1, 1)), { azimuth: 90, elevation: 0 });
  expect(camera.back[0]).toBeCloseTo(1, 12);
  expect(place(camera, [0, 0, 0])[0]).toBeCloseTo(50, 6);
  expect(place(camera, [0, 0, 1])[0]).toBeLessThan(45);
  expect(place(camera, [0, 1, 0])[1]).toBeLessThan(45);
});

test('straight down, the front of the model is at the bottom of the picture', () => {
  const camera = orbitCamera(boundsOf(Float32Array.of(-1, -1, -1, 1, 1, 1)), { azimuth: 0, elevation: 90 });
  expect(place(camera, [0, 0, 1])[1]).toBeGreaterThan(55);
});

test('the camera of the judge stands where its formula says', () => {
  // x = r cos φ sin θ, y = −r sin φ, z = r cos φ cos θ with θ = 30°, φ = 0 and with φ = −30°.
  const side = judgeCamera(judgeDirections.front_left);
  expect(side.eye[0]).toBeCloseTo(1, 12);
  expect(side.eye[2]).toBeCloseTo(Math.sqrt(3), 12);
  expect(judgeCamera(judgeDirections.front_above).eye[1]).toBeCloseTo(1, 12);
});

test('bounds pass over what is no number, and something is framed even then', () => {
  const bounds = boundsOf(Float32Array.of(Number.NaN, 0, 0, 0, 0, 0, 2, 2, 2, Infinity, 1, 1));
  expect(bounds.min).toEqual([0, 0, 0]);
  expect(bounds.max).toEqual([2, 2, 2]);
  expect(boundsOf(Float32Array.of(Number.NaN, 0, 0)).radius).toBe(1);
});
