import type { GreyPlane } from './measure-bands.ts';

/** A square part of a texture, in texels from its top left corner; at the right and bottom it may be cut. */
export interface TextureWindow {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Large enough for five octaves, small enough to leave unused parts of an atlas out. */
const windowSize = 256;
const mostWindows = 16;
/** Windows with less of their area used are left out, unless all are such. */
const leastUsed = 1 / 16;

function cut({ width, height, values, used }: GreyPlane, x: number, y: number): GreyPlane {
  const w = Math.min(windowSize, width - x);
  const h = Math.min(windowSize, height - y);
  const part = { width: w, height: h, values: new Float64Array(w * h), used: new Uint8Array(w * h) };
  for (let row = 0; row < h; row++) {
    const from = (y + row) * width + x;
    part.values.set(values.subarray(from, from + w), row * w);
    part.used.set(used.subarray(from, from + w), row * w);
  }
  return part;
}

function countUsed({ width, height, used }: GreyPlane, x: number, y: number): number {
  let count = 0;
  for (let row = y; row < Math.min(y + windowSize, height); row++) {
    for (let i = row * width + x; i < row * width + Math.min(x + windowSize, width); i++) count += used[i]!;
  }
  return count;
}

/** Up to 16 windows, spread evenly over those that hold used texels, in reading order. */
export function cutWindows(plane: GreyPlane): (TextureWindow & { readonly plane: GreyPlane })[] {
  const all: { x: number; y: number; count: number }[] = [];
  for (let y = 0; y < plane.height; y += windowSize) {
    for (let x = 0; x < plane.width; x += windowSize) all.push({ x, y, count: countUsed(plane, x, y) });
  }
  const full = all.filter(({ count }) => count >= leastUsed * windowSize * windowSize);
  const good = full.length > 0 ? full : all.filter(({ count }) => count > 0);
  const taken = Math.min(mostWindows, good.length);
  return Array.from({ length: taken }, (_, i) => {
    const { x, y } = good[Math.floor(((i + 0.5) * good.length) / taken)]!;
    return { x, y, size: windowSize, plane: cut(plane, x, y) };
  });
}
