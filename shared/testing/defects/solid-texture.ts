import type { Picture } from '../../core/quality/metrics/picture.ts';
import { coverTexels } from './cover-texels.ts';
import { areaOf, type Part } from './model.ts';

/** A number of −0.5 to 0.5 for a point of a lattice; the same everywhere. */
function lattice(x: number, y: number, z: number, seed: number): number {
  let hash = Math.imul(x, 0x8da6b343) ^ Math.imul(y, 0xd8163841) ^ Math.imul(z, 0xcb1ab31f) ^ seed;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32 - 0.5;
}

function valueNoise(x: number, y: number, z: number, seed: number): number {
  const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [u, v, w] = [x - i, y - j, z - k];
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [di, dj, dk] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    sum += (di ? u : 1 - u) * (dj ? v : 1 - v) * (dk ? w : 1 - w) * lattice(i + di, j + dj, k + dk, seed);
  }
  return sum;
}

/** Octaves of detail: from about one texel to 256. */
const octaves = 8;
const amplitude = 40;

/** Past the border of a chart its texture goes on, as baking tools make it: filters and mip levels read there. */
const marginPx = 4;

/**
 * Stone cut from a block: detail at every size that depends on the place in space alone, so that colours meet over the
 * seams. `factors` tint it; texels that no triangle is near are its mean colour.
 */
export function solidTexture(
  part: Omit<Part, 'picture'>,
  sizePx: number,
  factors: readonly number[],
  seed: number,
): Picture {
  const data = new Uint8ClampedArray(sizePx * sizePx * 4);
  const put = (texel: number, value: number): void => {
    [140 + value, 120 + 0.9 * value, 90 + 0.7 * value].forEach((channel, k) => {
      data[texel * 4 + k] = channel * factors[k];
    });
    data[texel * 4 + 3] = 255;
  };
  for (let texel = 0; texel < sizePx * sizePx; texel++) put(texel, 0);
  const { positions, indices } = part;
  const covered = new Uint8Array(sizePx * sizePx);
  let texels = 0;
  coverTexels(part, sizePx, sizePx, () => texels++);
  let areaM2 = 0;
  for (let t = 0; t < indices.length / 3; t++) areaM2 += areaOf(part, t);
  const perMetre = Math.sqrt(texels / areaM2);
  const paint =
    (inside: boolean) =>
    (texel: number, triangle: number, weights: readonly [number, number, number]): void => {
      if (covered[texel] === 1) return;
      if (inside) covered[texel] = 1;
      const place = [0, 1, 2].map((axis) =>
        weights.reduce((sum, weight, k) => sum + weight * positions[indices[triangle * 3 + k] * 3 + axis], 0),
      );
      let value = 0;
      for (let octave = 0; octave < octaves; octave++) {
        const scale = perMetre / 2 ** octave;
        value += amplitude * valueNoise(place[0] * scale, place[1] * scale, place[2] * scale, seed + octave);
      }
      put(texel, value);
    };
  coverTexels(part, sizePx, sizePx, paint(true));
  coverTexels(part, sizePx, sizePx, paint(false), marginPx);
  return { width: sizePx, height: sizePx, data: new Uint8Array(data.buffer) };
}
