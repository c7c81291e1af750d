import type { RenderTexture, TextureUse, Wrap } from './scene.ts';
import { linearOfCode } from './srgb-codes.ts';
import { log2Above1 } from './stable-math.ts';

/** Colours are decoded to linear light, other values to 0–1, both by the same look-up. */
const plainOfByte = Float64Array.from({ length: 256 }, (_, i) => i / 255);

/** Coordinate inside the image, 0–1. */
function wrapped(t: number, wrap: Wrap): number {
  if (wrap === 'repeat') return t - Math.floor(t);
  if (wrap === 'clamp') return t < 0 ? 0 : Math.min(t, 1);
  const m = t - 2 * Math.floor(t / 2);
  return m > 1 ? 2 - m : m;
}

const neighbour = (i: number, size: number, wrap: Wrap): number => {
  if (i < 0) return wrap === 'repeat' ? size - 1 : 0;
  if (i >= size) return wrap === 'repeat' ? 0 : size - 1;
  return i;
};

/** Adds `weight` times the filtered value of one level to `out[0..3]`. */
function addLevel(
  texture: RenderTexture,
  use: TextureUse,
  level: number,
  u: number,
  v: number,
  weight: number,
  out: Float64Array,
): void {
  const { levels, texels } = texture;
  const first = levels[level * 3];
  const width = levels[level * 3 + 1];
  const height = levels[level * 3 + 2];
  const fx = use.smooth ? u * width - 0.5 : Math.floor(Math.min(u * width, width - 1));
  const fy = use.smooth ? v * height - 0.5 : Math.floor(Math.min(v * height, height - 1));
  const left = Math.floor(fx);
  const top = Math.floor(fy);
  const tx = fx - left;
  const ty = fy - top;
  const x0 = neighbour(left, width, use.wrapU);
  const x1 = neighbour(left + 1, width, use.wrapU);
  const row0 = first + neighbour(top, height, use.wrapV) * width;
  const row1 = first + neighbour(top + 1, height, use.wrapV) * width;
  const a = texels[row0 + x0];
  const b = texels[row0 + x1];
  const c = texels[row1 + x0];
  const d = texels[row1 + x1];
  const lower = ty * weight;
  const upper = weight - lower;
  const wb = tx * upper;
  const wa = upper - wb;
  const wd = tx * lower;
  const wc = lower - wd;
  const table = texture.srgb ? linearOfCode : plainOfByte;
  out[0] += wa * table[a & 255] + wb * table[b & 255] + wc * table[c & 255] + wd * table[d & 255];
  out[1] +=
    wa * table[(a >>> 8) & 255] +
    wb * table[(b >>> 8) & 255] +
    wc * table[(c >>> 8) & 255] +
    wd * table[(d >>> 8) & 255];
  out[2] +=
    wa * table[(a >>> 16) & 255] +
    wb * table[(b >>> 16) & 255] +
    wc * table[(c >>> 16) & 255] +
    wd * table[(d >>> 16) & 255];
  out[3] += (wa * (a >>> 24) + wb * (b >>> 24) + wc * (c >>> 24) + wd * (d >>> 24)) / 255;
}

/**
 * Reads a texture at `uv` into `out[0..3]`: linear colour (or plain values 0–1) and alpha. `footprint` holds the
 * derivatives du/dx, dv/dx, du/dy, dv/dy along one pixel; the level follows from the longer one, as on GPUs without
 * anisotropic filtering. `uv` and `footprint` are before the transform of the use.
 */
export function sampleTexture(
  texture: RenderTexture,
  use: TextureUse,
  uv: Float64Array,
  footprint: Float64Array,
  out: Float64Array,
): void {
  let u = uv[0];
  let v = uv[1];
  let ux = footprint[0];
  let vx = footprint[1];
  let uy = footprint[2];
  let vy = footprint[3];
  const m = use.transform;
  if (m !== undefined) {
    u = m[0]! * uv[0] + m[1]! * uv[1] + m[2]!;
    v = m[3]! * uv[0] + m[4]! * uv[1] + m[5]!;
    ux = m[0]! * footprint[0] + m[1]! * footprint[1];
    vx = m[3]! * footprint[0] + m[4]! * footprint[1];
    uy = m[0]! * footprint[2] + m[1]! * footprint[3];
    vy = m[3]! * footprint[2] + m[4]! * footprint[3];
  }
  u = wrapped(u, use.wrapU);
  v = wrapped(v, use.wrapV);
  out[0] = 0;
  out[1] = 0;
  out[2] = 0;
  out[3] = 0;
  // A coordinate that is not a number has no place in the image.
  if (!(u >= 0 && v >= 0)) return;
  const along = ux * ux * texture.width * texture.width + vx * vx * texture.height * texture.height;
  const down = uy * uy * texture.width * texture.width + vy * vy * texture.height * texture.height;
  const texels2 = Math.max(along, down);
  const last = texture.levels.length / 3 - 1;
  if (use.mips === 'none' || !(texels2 > 1)) {
    addLevel(texture, use, 0, u, v, 1, out);
    return;
  }
  const exact = texels2 < 1e9 ? 0.5 * log2Above1(texels2) : last;
  const level = Math.min(exact, last);
  if (use.mips === 'nearest') {
    addLevel(texture, use, Math.floor(level + 0.5), u, v, 1, out);
    return;
  }
  const below = Math.floor(level);
  const blend = level - below;
  addLevel(texture, use, below, u, v, 1 - blend, out);
  if (blend > 0) addLevel(texture, use, below + 1, u, v, blend, out);
}
