import { describe, expect, test } from '@jest/globals';
import { paint, seededRandom } from '../../testing/seeded-pictures.ts';
import { measureSeams, type Seams } from './measure-seams.ts';

/** Two squares of the texture side by side, with a seam along the outer edge of each: u = 0.25 and u = 0.75. */
const seams = (lengthsM: readonly number[] = [1]): Seams => ({
  uv: Float32Array.from(
    lengthsM.flatMap(() => [...[0.25, 0.2, 0.25, 0.8, 0.05, 0.5], ...[0.75, 0.2, 0.75, 0.8, 0.95, 0.5]]),
  ),
  lengthsM: Float64Array.from(lengthsM),
  cosines: new Float64Array(lengthsM.length).fill(1),
});
const size = 128;
const halves = (left: number, right: number) =>
  paint(size, size, (x) => (x < size / 2 ? [left, left, left] : [right, right, right]));

describe('measureSeams', () => {
  test('equal colours on both sides meet', () => {
    expect(measureSeams(halves(140, 140), seams())).toEqual({ visibleShare: 0, visible: new Uint32Array(0) });
  });

  test('a step shows from about a tenth of the brightness on', () => {
    expect(measureSeams(halves(140, 150), seams()).visibleShare).toBe(0);
    expect(measureSeams(halves(140, 175), seams())).toEqual({ visibleShare: 1, visible: Uint32Array.of(0) });
    expect(measureSeams(halves(175, 140), seams()).visibleShare).toBe(1);
  });

  test('a step of hue shows although the luma is equal', () => {
    const hues = paint(size, size, (x) => (x < size / 2 ? [200, 80, 80] : [60, 139, 80]));
    expect(measureSeams(hues, seams()).visibleShare).toBe(1);
  });

  test('grain as large as the step hides it', () => {
    const random = seededRandom(3);
    const grainy = paint(size, size, (x) => {
      const value = (x < size / 2 ? 120 : 150) + 160 * (random() - 0.5);
      return [value, value, value];
    });
    expect(measureSeams(grainy, seams()).visibleShare).toBe(0);
  });

  test('each side is read inside its triangle, not across its edge', () => {
    // What lies beyond the edges belongs to other charts.
    const beyond = paint(size, size, (x) => (x > size / 4 && x < (size * 3) / 4 ? [0, 0, 0] : [140, 140, 140]));
    expect(measureSeams(beyond, seams()).visibleShare).toBe(0);
  });

  test('the share is of the length on the surface, over the seams that can be read', () => {
    const two = seams([1, 3]);
    // The second joins the left half with itself.
    two.uv.set([0.25, 0.2, 0.25, 0.8, 0.05, 0.5], 18);
    expect(measureSeams(halves(100, 200), two)).toEqual({ visibleShare: 0.25, visible: Uint32Array.of(0) });
    const slim = seams();
    slim.uv.set([0.25, 0.2, 0.25, 0.8, 0.2499, 0.5], 0);
    expect(measureSeams(halves(100, 200), slim).visibleShare).toBe(0);
  });

  test('where the surface turns sharply, colours may change', () => {
    const corner = (degrees: number) => ({ ...seams(), cosines: Float64Array.of(Math.cos((degrees * Math.PI) / 180)) });
    expect([30, 40, 90].map((degrees) => measureSeams(halves(100, 200), corner(degrees)).visibleShare)).toEqual([
      1, 0, 0,
    ]);
  });

  test('coordinates outside 0–1 repeat; those that are no numbers are passed over', () => {
    const moved = seams();
    moved.uv.forEach((value, i) => {
      moved.uv[i] = value - 3;
    });
    expect(measureSeams(halves(100, 200), moved).visibleShare).toBe(1);
    moved.uv.fill(Number.NaN);
    expect(measureSeams(halves(100, 200), moved).visibleShare).toBe(0);
  });
});
