import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom } from '../../testing/seeded-pictures.ts';
import { measureSplatFloaters } from './measure-splat-floaters.ts';
import { measureSplats, type Splats } from './measure-splats.ts';

/** Splats on a sphere of radius 1, then `extra` at given places. */
function ball(count: number, extra: readonly (readonly [number, number, number])[] = [], scale = 0.05): Splats {
  const random = seededRandom(6);
  const places = Array.from({ length: count }, () => {
    const z = 2 * random() - 1;
    const angle = 2 * Math.PI * random();
    const r = Math.sqrt(1 - z * z);
    return [r * Math.cos(angle), r * Math.sin(angle), z];
  });
  const all = count + extra.length;
  return {
    positions: Float32Array.from([...places, ...extra].flat()),
    opacities: new Float32Array(all).fill(0.95),
    scales: new Float32Array(all * 3).fill(scale),
  };
}

describe('measureSplats', () => {
  test('equal splats have no spread of size', () => {
    const measures = measureSplats(ball(2000));
    expect(measures).toMatchObject({ count: 2000, broken: 0, invisibleShare: 0, tinyShare: 0, hugeShare: 0 });
    // Sizes are 32-bit floats.
    expect(measures.scaleCv).toBeLessThan(1e-3);
    expect(measures.size.p50).toBeCloseTo(0.05, 6);
    expect(measures.elongation.p99).toBe(1);
    expect(measures.opacityHistogram).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 2000]);
    // The middle 98 % of a sphere's heights; 2,000 samples scatter by a few hundredths.
    expect(measures.diagonal).toBeCloseTo(1.96 * Math.sqrt(3), 1);
  });

  test('half of size 1 and half of size 3 vary by half of their mean', () => {
    const splats = ball(1000, [], 1);
    splats.scales.fill(3, 1500);
    expect(measureSplats(splats).scaleCv).toBeCloseTo(0.5, 5);
  });

  test('counts invisible, faint, tiny, huge and needle-like splats', () => {
    const splats = ball(1000);
    splats.opacities.fill(0.001, 0, 100);
    splats.opacities.fill(0.03, 100, 300);
    splats.scales.fill(1e-5, 0, 150);
    splats.scales.fill(0.5, 150, 180);
    for (let i = 900; i < 1000; i++) splats.scales.set([0.2, 0.01, 0.01], i * 3);
    const measures = measureSplats(splats);
    expect(measures).toMatchObject({ invisibleShare: 0.1, faintShare: 0.3, tinyShare: 0.05, hugeShare: 0.11 });
    expect(measures.elongation.p95).toBeCloseTo(20, 4);
  });

  test('leaves broken splats out and counts them', () => {
    const splats = ball(100);
    splats.positions[0] = Number.NaN;
    splats.scales[4] = -1;
    splats.opacities[2] = 1.5;
    splats.scales[9] = Infinity;
    const measures = measureSplats(splats);
    expect(measures).toMatchObject({ count: 100, broken: 4 });
    expect(measures.opacity.p99).toBeCloseTo(0.95, 6);
  });

  test('strays do not stretch the box', () => {
    expect(measureSplats(ball(1000, [[1e6, 0, 0]])).diagonal).toBeLessThan(4);
  });

  test('sees rotations that were never trained', () => {
    const splats = ball(10);
    const rotations = Float32Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    expect(measureSplats({ ...splats, rotations }).sameRotationShare).toBe(1);
    rotations.set([0, 1, 0, 0], 36);
    expect(measureSplats({ ...splats, rotations }).sameRotationShare).toBe(0.9);
  });

  test('a cloud of none, or of broken splats only, measures as nothing', () => {
    const none = ball(0);
    expect(measureSplats(none)).toMatchObject({ count: 0, diagonal: 0, scaleCv: 0, coveringPower: 0, tinyShare: 0 });
    const broken = ball(3);
    broken.positions.fill(Number.NaN);
    expect(measureSplats(broken)).toMatchObject({ count: 3, broken: 3, diagonal: 0 });
    expect(measureSplatFloaters(broken)).toMatchObject({ count: 0, opacityShare: 0, pieces: 0 });
  });

  test('refuses arrays of different lengths', () => {
    const splats = ball(5);
    expect(() => measureSplats({ ...splats, scales: new Float32Array(14) })).toThrow(RangeError);
    expect(() => measureSplatFloaters({ ...splats, rotations: new Float32Array(1) })).toThrow(RangeError);
  });
});

describe('measureSplatFloaters', () => {
  test('one closed cloud has none', () => {
    expect(measureSplatFloaters(ball(4000))).toMatchObject({ count: 0, opacityShare: 0, pieces: 1, floatingPieces: 0 });
  });

  test('finds crumbs beside the object, and marks them', () => {
    const crumbs = [
      [1.8, 0, 0],
      [1.81, 0, 0],
      [0, 1.7, 0],
    ] as const;
    const { floats, count, floatingPieces, opacityShare } = measureSplatFloaters(ball(4000, crumbs));
    expect([...floats.slice(3990)]).toEqual([...new Array(10).fill(0), 1, 1, 1]);
    expect({ count, floatingPieces }).toEqual({ count: 3, floatingPieces: 2 });
    expect(opacityShare).toBeCloseTo(3 / 4003, 6);
  });

  test('a second piece of weight is part of the object', () => {
    const moon = Array.from({ length: 100 }, (_, i) => [1.8, 0.001 * i, 0] as const);
    expect(measureSplatFloaters(ball(4000, moon))).toMatchObject({ count: 0, pieces: 2 });
    expect(measureSplatFloaters(ball(4000, moon), { share: 0.05 })).toMatchObject({ count: 100, pieces: 1 });
  });

  test('a bridge of invisible splats joins nothing', () => {
    const bridge = Array.from({ length: 40 }, (_, i) => [1 + 0.02 * i, 0, 0] as const);
    const splats = ball(4000, [...bridge, [1.8, 0, 0]]);
    expect(measureSplatFloaters(splats).count).toBe(0);
    splats.opacities.fill(0.001, 4000, 4040);
    expect(measureSplatFloaters(splats).count).toBe(1);
  });

  test('a stray far away floats', () => {
    expect(measureSplatFloaters(ball(4000, [[1e9, -1e9, 5]])).count).toBe(1);
  });

  test('does not depend on the order of the splats, nor on size and place', () => {
    fc.assert(
      fc.property(fc.integer({ min: -6, max: 6 }), fc.nat(), (power, seed) => {
        const splats = ball(
          2000,
          [
            [1.8, 0, 0],
            [0, 2, 0],
          ],
          0.06,
        );
        const factor = 2 ** power;
        const random = seededRandom(seed);
        const order = Array.from({ length: 2002 }, (_, i) => ({ i, at: random() })).sort((a, b) => a.at - b.at);
        const moved: Splats = {
          positions: Float32Array.from(
            order.flatMap(({ i }) => [...splats.positions.slice(i * 3, i * 3 + 3)]),
            (v) => v * factor,
          ),
          opacities: splats.opacities,
          scales: splats.scales.map((value) => value * factor),
        };
        const { count, pieces } = measureSplatFloaters(moved);
        expect({ count, pieces }).toEqual({ count: 2, pieces: 1 });
      }),
      { numRuns: 10, seed: 3 },
    );
  });

  test('refuses an impossible grid', () => {
    expect(() => measureSplatFloaters(ball(3), { cells: 0 })).toThrow(RangeError);
    expect(() => measureSplatFloaters(ball(3), { cells: 5000 })).toThrow(RangeError);
  });
});
