import { flip } from '../metrics/flip.ts';
import type { Picture } from '../metrics/picture.ts';
import { psnr } from '../metrics/psnr.ts';
import { compareSilhouettes } from '../metrics/silhouette.ts';
import { ssim } from '../metrics/ssim.ts';
import type { DrawnView } from './draw-views.ts';

/** One view of the delivered model against the same view of its source. */
export interface ViewComparison {
  /** Pixels of the two silhouettes together; all means are over them. */
  readonly pixels: number;
  readonly meanSquaredError: number;
  readonly ssim: number;
  readonly flip: number;
  readonly silhouetteIou: number;
  /** Perceived difference of each pixel of the view, 0–1, row by row; 0 away from both models. */
  readonly flipMap: Float32Array;
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Beyond the silhouettes: FLIP and SSIM look at most this far around a pixel. */
const marginPx = 24;

/** The part of the view that holds the mask and a margin; undefined for an empty mask. */
function frameOf(mask: Uint8Array, width: number, height: number): Frame | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const x = i % width;
    const y = (i - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (right < 0) return undefined;
  left = Math.max(0, left - marginPx);
  top = Math.max(0, top - marginPx);
  right = Math.min(width - 1, right + marginPx);
  bottom = Math.min(height - 1, bottom + marginPx);
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The rows of a frame of an array with `size` values a pixel. */
function crop<T extends Uint8Array | Uint8ClampedArray>(data: T, width: number, frame: Frame, size: number): T {
  const cropped = data.slice(0, frame.width * frame.height * size) as T;
  for (let y = 0; y < frame.height; y++) {
    const from = ((frame.top + y) * width + frame.left) * size;
    cropped.set(data.subarray(from, from + frame.width * size), y * frame.width * size);
  }
  return cropped;
}

function meanOver(map: Float32Array, mask: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < map.length; i++) {
    if (mask[i] === 0) continue;
    sum += map[i];
    count++;
  }
  return count > 0 ? sum / count : 0;
}

/** Compares two views of the same camera over the union of their silhouettes. Both empty: no difference. */
export function compareView(source: DrawnView, delivered: DrawnView): ViewComparison {
  const { width, height } = source.picture;
  const union = source.silhouette.map((inside, i) => inside | delivered.silhouette[i]!);
  const { iou } = compareSilhouettes(source.silhouette, delivered.silhouette);
  const flipMap = new Float32Array(width * height);
  const frame = frameOf(union, width, height);
  if (!frame) return { pixels: 0, meanSquaredError: 0, ssim: 1, flip: 0, silhouetteIou: iou, flipMap };
  const cropPicture = ({ data }: Picture): Picture => ({
    width: frame.width,
    height: frame.height,
    data: crop(data, width, frame, 4),
  });
  const a = cropPicture(source.picture);
  const b = cropPicture(delivered.picture);
  const mask = crop(union, width, frame, 1);
  const perceived = flip(a, b).map;
  for (let y = 0; y < frame.height; y++) {
    const row = perceived.subarray(y * frame.width, (y + 1) * frame.width);
    flipMap.set(row, (frame.top + y) * width + frame.left);
  }
  return {
    pixels: mask.reduce((sum, inside) => sum + inside, 0),
    meanSquaredError: psnr(a, b, mask).meanSquaredError,
    ssim: meanOver(ssim(a, b).map, mask),
    flip: meanOver(perceived, mask),
    silhouetteIou: iou,
    flipMap,
  };
}
