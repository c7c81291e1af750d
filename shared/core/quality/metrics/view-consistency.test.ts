import { describe, expect, test } from '@jest/globals';
import { paint } from '../../../testing/seeded-pictures.ts';
import { type MaskedView, measureViewConsistency } from './view-consistency.ts';

type Draw = (u: number, v: number) => readonly [number, number, number];

/** An upright ellipse of a width in pixels; u and v run from −1 to 1 inside it. */
function view(width: number, draw: Draw): MaskedView {
  const mask = new Uint8Array(96 * 96);
  const picture = paint(96, 96, (x, y) => {
    const [u, v] = [(x - 47.5) / (width / 2), (y - 47.5) / 44];
    if (u * u + v * v > 1) return [255, 255, 255];
    mask[y * 96 + x] = 1;
    return draw(u, v);
  });
  return { picture, mask };
}

const coat: Draw = (_, v) => (v < -0.5 ? [90, 60, 40] : v < 0.2 ? [220, 180, 150] : [60, 80, 160]);
const face: Draw = (u, v) => {
  const eye = (Math.abs(u) - 0.35) ** 2 + (v + 0.25) ** 2 < 0.02;
  const mouth = Math.abs(u) < 0.3 && Math.abs(v) < 0.06;
  return eye || mouth ? [30, 20, 20] : coat(u, v);
};
const profile: Draw = (u, v) => ((u - 0.6) ** 2 + (v + 0.25) ** 2 < 0.02 ? [30, 20, 20] : coat(u, v));
const hair: Draw = (u, v) => (v < 0.1 ? [90 + 8 * Math.sin(9 * u), 60, 40] : coat(u, v));

describe('measureViewConsistency', () => {
  const honest = [view(70, face), view(50, profile), view(70, hair), view(50, profile)];

  test('an honest figure has a face on one side only', () => {
    expect(measureViewConsistency(honest).repetition).toBeLessThan(0.3);
  });

  test('finds the face that is repeated at the back', () => {
    const janus = [honest[0]!, honest[1]!, view(70, face), honest[3]!];
    const { repetition, repeatedAt } = measureViewConsistency(janus);
    expect(repetition).toBeGreaterThan(0.6);
    expect(repeatedAt).toBe(2);
  });

  test('finds a front that comes back as its mirror image', () => {
    const mirrored = view(70, (u, v) => profile(-u, v));
    const { repetition, repeatedAt } = measureViewConsistency([view(70, profile), honest[2]!, mirrored, honest[2]!]);
    expect(repetition).toBeGreaterThan(0.5);
    expect(repeatedAt).toBe(2);
  });

  test('finds it at the side, narrower', () => {
    const { repetition, repeatedAt } = measureViewConsistency([honest[0]!, view(56, face), honest[2]!, honest[3]!]);
    expect(repetition).toBeGreaterThan(0.5);
    expect(repeatedAt).toBe(1);
  });

  test('says nothing of a body of revolution, nor of a plain one', () => {
    const vase = view(60, (u, v) => [120 + 60 * Math.sin(9 * v), 100, 90 + 20 * Math.cos(4 * u)]);
    expect(measureViewConsistency([vase, vase, vase, vase]).repetition).toBe(0);
    const egg = view(60, () => [200, 200, 200]);
    expect(measureViewConsistency([egg, egg, egg, egg])).toMatchObject({ repetition: 0, frontDetail: 0 });
  });

  test('is blind to a face on all four sides, as it says', () => {
    const all = view(70, face);
    expect(measureViewConsistency([all, all, all, all]).repetition).toBe(0);
  });

  test('survives a view that shows nothing', () => {
    const empty = { picture: honest[0]!.picture, mask: new Uint8Array(96 * 96) };
    expect(measureViewConsistency([honest[0]!, honest[1]!, empty, honest[3]!]).toFront[1]).toEqual({
      layout: 0,
      detail: 0,
    });
  });

  test('refuses fewer than four views, and masks that do not fit', () => {
    expect(() => measureViewConsistency(honest.slice(1))).toThrow(RangeError);
    const bad = { picture: honest[0]!.picture, mask: new Uint8Array(5) };
    expect(() => measureViewConsistency([bad, ...honest.slice(1)])).toThrow(RangeError);
  });
});
