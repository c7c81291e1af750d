import { checkPicture, type Picture } from '../metrics/picture.ts';
import { resizeBicubic } from './resize-bicubic.ts';

/** How an image encoder wants its pixels: `(x − mean) / std` of red, green and blue in 0–1. */
export interface PixelInput {
  readonly sizePx: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Red, green and blue in 0–1, `[3 × side × side]`, before white: clear pixels are white, and so is what is added. */
function squareOnWhite({ width, height, data }: Picture): { side: number; planes: Float32Array } {
  const side = Math.max(width, height);
  const planes = new Float32Array(3 * side * side).fill(1);
  const left = (side - width) >> 1;
  const top = (side - height) >> 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const alpha = data[at + 3]! / 255;
      for (let k = 0; k < 3; k++) {
        planes[k * side * side + (y + top) * side + x + left] = (data[at + k]! / 255) * alpha + 1 - alpha;
      }
    }
  }
  return { side, planes };
}

/**
 * A picture as an encoder reads it: made square by white borders, so that nothing is cut off; resized; kept in 0–1; and
 * normalised. `[3 × size × size]`.
 *
 * @throws RangeError for a picture of another length than its size says.
 */
export function pixelTensor(picture: Picture, { sizePx, mean, std }: PixelInput): Float32Array {
  checkPicture(picture);
  const { side, planes } = squareOnWhite(picture);
  const out = resizeBicubic(planes, { planes: 3, width: side, height: side }, sizePx);
  const plane = sizePx * sizePx;
  for (let i = 0; i < out.length; i++) {
    const k = Math.floor(i / plane);
    out[i] = (Math.min(1, Math.max(0, out[i]!)) - mean[k]!) / std[k]!;
  }
  return out;
}
