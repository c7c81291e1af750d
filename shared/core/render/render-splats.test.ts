import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { orthographicCamera, perspectiveCamera, turnedCamera } from './camera.ts';
import { blurVariance } from './project-splat.ts';
import { renderSplats } from './render-splats.ts';
import { sortByDepth } from './sort-by-depth.ts';
import type { SplatCloud } from './splat-cloud.ts';

/** The constant of the first harmonic. */
const band0 = 0.28209479177387814;

interface Splat {
  readonly at: readonly [number, number, number];
  readonly scale?: readonly [number, number, number];
  readonly rotation?: readonly [number, number, number, number];
  readonly opacity?: number;
  readonly colour?: readonly [number, number, number];
}

const cloudOf = (splats: readonly Splat[]): SplatCloud => ({
  count: splats.length,
  degree: 0,
  positions: Float32Array.from(splats.flatMap(({ at }) => at)),
  scales: Float32Array.from(splats.flatMap(({ scale = [0.1, 0.1, 0.1] }) => scale)),
  rotations: Float32Array.from(splats.flatMap(({ rotation = [0, 0, 0, 1] }) => rotation)),
  opacities: Float32Array.from(splats.map(({ opacity = 0.9 }) => opacity)),
  harmonics: Float32Array.from(splats.flatMap(({ colour = [1, 1, 1] }) => colour.map((c) => (c - 0.5) / band0))),
});

const size = 64;
const front = orthographicCamera([0, 0, 5], [0, 0, 0], 1);
const draw = (cloud: SplatCloud, camera = front, background = [0, 0, 0] as const) =>
  renderSplats(cloud, [camera], { width: size, height: size, background })[0]!;

test('a splat is the Gaussian of its turned axes, widened by the pixel', () => {
  // 0.2 m along an axis turned by 30° from the horizontal, 0.08 m across it; 32 pixels a metre.
  const angle = Math.PI / 6;
  const splat: Splat = {
    at: [0.1, -0.05, 0],
    scale: [0.2, 0.08, 0.01],
    rotation: [0, 0, Math.sin(angle / 2), Math.cos(angle / 2)],
    opacity: 0.8,
  };
  const { data } = draw(cloudOf([splat])).picture;
  const [long, across] = [(0.2 * 32) ** 2, (0.08 * 32) ** 2];
  for (let i = 0; i < size * size; i++) {
    const dx = (i % size) + 0.5 - (32 + 0.1 * 32);
    const dy = -(Math.floor(i / size) + 0.5 - (32 + 0.05 * 32));
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const xx = long * c * c + across * s * s + blurVariance;
    const yy = long * s * s + across * c * c + blurVariance;
    const xy = (long - across) * c * s;
    const power = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / (2 * (xx * yy - xy * xy));
    const alpha = 0.8 * Math.exp(-power);
    // Fainter than one step is cut off.
    expect(Math.abs(data[i * 4]! - alpha * 255)).toBeLessThanOrEqual(1.01);
  }
});

test('in perspective, a splat twice as far is half as wide', () => {
  const camera = perspectiveCamera([0, 0, 0], [0, 0, -1], 90);
  const reach = (z: number): number => {
    const { data } = draw(cloudOf([{ at: [0, 0, -z] }]), camera).picture;
    let [sum, weighted] = [0, 0];
    for (let x = 0; x < size; x++) {
      const value = data[(32 * size + x) * 4]!;
      sum += value;
      weighted += value * (x + 0.5 - 32) ** 2;
    }
    return weighted / sum - blurVariance;
  };
  // Variances: four to one. Cutting at one step of 255 takes a little from the tails.
  expect(reach(0.5) / reach(1)).toBeCloseTo(4, 0);
  expect(Math.sqrt(reach(0.5))).toBeCloseTo((0.1 * 32) / 0.5, 0);
});

test('the nearer splat lies over the farther, whatever their order, by its alpha in sRGB', () => {
  const near: Splat = { at: [1 / 64, -1 / 64, 1], opacity: 0.5, colour: [1, 0, 0], scale: [9, 9, 9] };
  const far: Splat = { at: [1 / 64, -1 / 64, 0], opacity: 0.5, colour: [0, 0, 1], scale: [9, 9, 9] };
  for (const order of [
    [near, far],
    [far, near],
  ]) {
    const { picture, depthM } = draw(cloudOf(order));
    expect([...picture.data.subarray((32 * size + 32) * 4, (32 * size + 32) * 4 + 3)]).toEqual([128, 0, 64]);
    expect(depthM[32 * size + 32]).toBeCloseTo(4, 5);
  }
});

test('what is behind the eye, of no size, or no number is not drawn', () => {
  const camera = perspectiveCamera([0, 0, 0], [0, 0, -1], 90);
  const splats: Splat[] = [{ at: [0, 0, 1] }, { at: [0, Number.NaN, -1] }, { at: [0, 0, -1], scale: [Infinity, 1, 1] }];
  expect(draw(cloudOf(splats), camera).picture.data.every((value, i) => value === (i % 4 === 3 ? 255 : 0))).toBe(true);
});

test('colours of band 1 change with the direction that the splat is seen from', () => {
  const harmonics = new Float32Array(12);
  // Red along x.
  harmonics[9] = -0.5;
  const cloud: SplatCloud = { ...cloudOf([{ at: [0, 0, 0], scale: [1, 1, 1] }]), degree: 1, harmonics };
  const redFrom = (x: number): number => {
    const camera = perspectiveCamera([x, 0, 0], [0, 0, 0], 60);
    return draw(cloud, camera).picture.data[(32 * size + 32) * 4]!;
  };
  // From −X one looks along +X: 0.5 + 0.4886 × 0.5.
  expect(redFrom(-5) / redFrom(5)).toBeCloseTo((0.5 + 0.2443) / (0.5 - 0.2443), 1);
});

test('a turned camera sees an upside-down cloud upright', () => {
  const upright = cloudOf([{ at: [0.3, 0.4, 0.2] }]);
  const turned = cloudOf([{ at: [0.3, -0.4, -0.2] }]);
  expect(draw(turned, turnedCamera(front)).picture).toEqual(draw(upright).picture);
});

test('distances are sorted, equal ones in their order, and what is not in front is left out', () => {
  const distances = Float32Array.of(3, 1, 0, 2, 1, -1, 1e-30, Number.NaN, 1e30);
  expect([...sortByDepth(distances)]).toEqual([6, 1, 4, 3, 0, 8]);
  const many = Float32Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 5003) / 17 + 0.01);
  const order = sortByDepth(many);
  expect(order.every((index, i) => i === 0 || many[order[i - 1]!]! <= many[index]!)).toBe(true);
});

test('pictures of splats are the same to the last bit, run after run and machine after machine', () => {
  const splats = Array.from({ length: 300 }, (_, i): Splat => {
    const at = (k: number): number => ((i * [31, 57, 91][k]!) % 100) / 60 - 0.8;
    const part = (k: number): number => ((i * (7 + k)) % 10) / 10;
    return {
      at: [at(0), at(1), at(2)],
      scale: [0.02 + part(0) / 9, 0.05, 0.01],
      rotation: [0.5, 0.5, -0.5, 0.5],
      opacity: 0.2 + part(1) * 0.7,
      colour: [part(2), part(3), part(4)],
    };
  });
  const camera = perspectiveCamera([1, 2, 3], [0, 0, 0], 40);
  const { data } = draw(cloudOf(splats), camera).picture;
  expect(createHash('sha256').update(data).digest('hex').slice(0, 16)).toBe('b451484e2ba6e416');
});
