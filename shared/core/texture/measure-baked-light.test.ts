import { describe, expect, test } from '@jest/globals';
import { fractalTexture, paint } from '../../testing/seeded-pictures.ts';
import { type LitTexture, measureBakedLight } from './measure-baked-light.ts';

const size = 256;

/** Two half spheres side by side on one texture, each with its normals; light comes from above and the right. */
function spheres(colour: (x: number, y: number, shade: number) => readonly [number, number, number]): LitTexture {
  const normals = new Float32Array(size * size * 3);
  const used = new Uint8Array(size * size);
  const picture = paint(size, size, (x, y) => {
    const u = ((x % 128) - 63.5) / 62;
    const v = ((y % 128) - 63.5) / 62;
    const rest = 1 - u * u - v * v;
    if (rest < 0) return [0, 0, 0];
    const z = Math.sqrt(rest) * (x < 128 ? 1 : -1);
    const i = y * size + x;
    normals.set([u, -v, z], i * 3);
    used[i] = 1;
    return colour(x, y, 0.6 * u - 0.8 * v);
  });
  return { picture, normals, used };
}

const stone = fractalTexture(size, 21, 16);
/** Stone with a light of a strength: linear light scaled by 1 ± strength, then encoded again. */
const lit = (strength: number): LitTexture =>
  spheres((x, y, shade) => {
    const at = (y * size + x) * 4;
    const encode = (value: number): number => value * (1 + strength * shade) ** (1 / 2.2);
    return [encode(stone.data[at]!), encode(stone.data[at + 1]!), encode(stone.data[at + 2]!)];
  });

describe('measureBakedLight', () => {
  test('texture without light is hardly explained by direction', () => {
    const { r2, contrast, cells } = measureBakedLight(lit(0));
    // Large patches of the stone lie on one side of a sphere by chance.
    expect(r2).toBeLessThan(0.2);
    expect(contrast).toBeLessThan(1.3);
    expect(cells).toBeGreaterThan(500);
  });

  test('grows with the strength of the light, and finds where it comes from', () => {
    const results = [0, 0.15, 0.3, 0.6].map((strength) => measureBakedLight(lit(strength)));
    const r2 = results.map((result) => result.r2!);
    expect(r2).toEqual([...r2].sort((a, b) => a - b));
    expect(r2[3]).toBeGreaterThan(0.8);
    const contrasts = results.map(({ contrast }) => contrast);
    expect(contrasts).toEqual([...contrasts].sort((a, b) => a - b));
    expect(contrasts[3]).toBeGreaterThan(2);
    const [x, y, z] = results[3]!.direction;
    expect(0.6 * x + 0.8 * y).toBeGreaterThan(0.98);
    expect(Math.abs(z)).toBeLessThan(0.1);
  });

  test('paint of another hue that follows direction is not light', () => {
    // Red above, blue below, of very different brightness.
    const painted = spheres((_x, y) => (y % 128 < 64 ? [230, 60, 50] : [20, 20, 70]));
    expect(measureBakedLight(painted).r2).toBeLessThan(0.1);
  });

  test('cannot tell light from paint of the same hue, as it says', () => {
    const snow = spheres((_x, y) => (y % 128 < 64 ? [240, 240, 240] : [80, 80, 80]));
    expect(measureBakedLight(snow).r2).toBeGreaterThan(0.5);
  });

  test('one plain colour holds no light', () => {
    expect(measureBakedLight(spheres(() => [120, 90, 60]))).toMatchObject({ r2: 0, contrast: expect.closeTo(1, 6) });
  });

  test('says nothing of a surface that it hardly sees', () => {
    const unseen = { ...lit(0.6), used: new Uint8Array(size * size) };
    expect(measureBakedLight(unseen)).toMatchObject({ r2: null, contrast: 1, cells: 0 });
  });

  test('a surface of one direction can hold no light', () => {
    const flat = lit(0);
    flat.normals.fill(0);
    for (let i = 2; i < flat.normals.length; i += 3) flat.normals[i] = 1;
    expect(measureBakedLight(flat).r2).toBe(0);
  });

  test('refuses normals or a mask that do not fit', () => {
    const good = lit(0);
    expect(() => measureBakedLight({ ...good, normals: new Float32Array(3) })).toThrow(RangeError);
    expect(() => measureBakedLight({ ...good, used: new Uint8Array(3) })).toThrow(RangeError);
  });
});
