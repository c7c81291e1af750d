import type { Picture } from '../metrics/picture.ts';
import { compareSilhouettes, coverageOf } from '../metrics/silhouette.ts';
import { ssim } from '../metrics/ssim.ts';

/** An object cut out of its picture, fitted to a square: `[sizePx × sizePx]`, white around it. */
export interface CutOut {
  readonly picture: Picture;
  /** Not 0 where the object is. */
  readonly mask: Uint8Array;
}

/** Side of the square that objects are fitted to: shapes and colours remain, where exactly a detail sits does not. */
const sizePx = 64;
/** A margin this wide is looked at to find the background. */
const marginShare = 0.02;
/** Colours nearer than this to the background’s are background; of 441 from black to white. */
const backgroundReach = 36;
/** Share of the margin that must be background, or there is no plain one. */
const plainMargin = 0.9;
/** A foreground outside these shares of the picture is no object that stands free. */
const leastCover = 0.01;
const mostCover = 0.95;

const distance2 = (data: Picture['data'], at: number, [r, g, b]: readonly number[]): number =>
  (data[at]! - r!) ** 2 + (data[at + 1]! - g!) ** 2 + (data[at + 2]! - b!) ** 2;

/** Places in the margin of a picture, in texels. */
function marginOf({ width, height }: Picture): number[] {
  const wide = Math.max(1, Math.round(Math.min(width, height) * marginShare));
  const places: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (x < wide || y < wide || x >= width - wide || y >= height - wide) places.push((y * width + x) * 4);
    }
  }
  return places;
}

const median = (values: number[]): number => values.sort((p, q) => p - q)[values.length >> 1] ?? 0;

/** Where the object is: by alpha when the picture has any, else by a plain background. */
function foregroundOf(picture: Picture): Uint8Array | undefined {
  const { data } = picture;
  const texels = data.length / 4;
  const margin = marginOf(picture);
  const clear = margin.filter((at) => data[at + 3]! < 128).length;
  if (clear >= margin.length * plainMargin)
    return Uint8Array.from({ length: texels }, (_, i) => +(data[i * 4 + 3]! >= 128));
  const background = [0, 1, 2].map((channel) => median(margin.map((at) => data[at + channel]!)));
  const isBackground = (at: number): boolean => distance2(data, at, background) <= backgroundReach ** 2;
  if (margin.filter(isBackground).length < margin.length * plainMargin) return undefined;
  return Uint8Array.from({ length: texels }, (_, i) => +!isBackground(i * 4));
}

function boxOf(mask: Uint8Array, width: number): { x0: number; y0: number; x1: number; y1: number } {
  let [x0, y0, x1, y1] = [width, mask.length, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    const x = i % width;
    const y = (i - x) / width;
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x + 1);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y + 1);
  }
  return { x0, y0, x1, y1 };
}

/** Fits the box of the object into the square, proportions kept: each cell is the mean of the texels under it. */
function fitted(picture: Picture, mask: Uint8Array): CutOut {
  const { width, height, data } = picture;
  const { x0, y0, x1, y1 } = boxOf(mask, width);
  const step = Math.max(x1 - x0, y1 - y0) / sizePx;
  const left = (x0 + x1) / 2 - (step * sizePx) / 2;
  const top = (y0 + y1) / 2 - (step * sizePx) / 2;
  const out = new Uint8Array(sizePx * sizePx * 4).fill(255);
  const outMask = new Uint8Array(sizePx * sizePx);
  for (let cell = 0; cell < outMask.length; cell++) {
    const [cx, cy] = [cell % sizePx, Math.floor(cell / sizePx)];
    const [fromX, fromY] = [Math.max(0, Math.floor(left + cx * step)), Math.max(0, Math.floor(top + cy * step))];
    const [toX, toY] = [Math.min(width, left + (cx + 1) * step), Math.min(height, top + (cy + 1) * step)];
    const sum = [0, 0, 0];
    let inside = 0;
    let all = 0;
    for (let y = fromY; y < toY; y++) {
      for (let x = fromX; x < toX; x++, all++) {
        const i = y * width + x;
        if (!mask[i]) continue;
        inside++;
        for (let k = 0; k < 3; k++) sum[k]! += data[i * 4 + k]!;
      }
    }
    if (inside * 2 < all || inside === 0) continue;
    outMask[cell] = 1;
    for (let k = 0; k < 3; k++) out[cell * 4 + k] = Math.round(sum[k]! / inside);
  }
  return { picture: { width: sizePx, height: sizePx, data: out }, mask: outMask };
}

/** Cuts an object out of a picture. Undefined when it does not stand free before a plain or transparent background. */
export function cutOut(picture: Picture): CutOut | undefined {
  const mask = foregroundOf(picture);
  if (!mask) return undefined;
  const cover = coverageOf(mask);
  return cover < leastCover || cover > mostCover ? undefined : fitted(picture, mask);
}

/** Shares of 4 × 4 × 4 colours inside the mask. */
function histogram({ picture, mask }: CutOut): Float64Array {
  const bins = new Float64Array(64);
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    count++;
    bins[
      ((picture.data[i * 4]! >> 6) << 4) | ((picture.data[i * 4 + 1]! >> 6) << 2) | (picture.data[i * 4 + 2]! >> 6)
    ]!++;
  }
  return bins.map((bin) => bin / Math.max(1, count));
}

/**
 * How alike two objects look, 0–1: half by their outlines (intersection over union), 0.3 by their colours (histogram
 * intersection, Swain and Ballard 1991), 0.2 by structure (SSIM). FLIP is not used: it compares places, and a photograph
 * is not taken from where the view is.
 */
export function likenessOf(a: CutOut, b: CutOut): number {
  const outline = compareSilhouettes(a.mask, b.mask).iou;
  const other = histogram(b);
  const colour = histogram(a).reduce((sum, share, i) => sum + Math.min(share, other[i]!), 0);
  return Math.min(1, 0.5 * outline + 0.3 * colour + 0.2 * Math.max(0, ssim(a.picture, b.picture).mean));
}
