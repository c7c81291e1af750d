import type { Picture } from './picture.ts';

/** Luma of ITU-R BT.601 (0.299, 0.587, 0.114) of the stored sRGB values, 0–255, `[height × width]`. */
export function lumaOf({ width, height, data }: Picture): Float64Array {
  const luma = new Float64Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i++, at += 4) {
    luma[i] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  }
  return luma;
}
