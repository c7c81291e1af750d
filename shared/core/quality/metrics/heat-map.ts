import type { Picture } from './picture.ts';

/** Stops of the scale, evenly spread over 0–1: black, violet, red, orange, pale yellow; luma rises all the way. */
const stops = [
  [0, 0, 8],
  [70, 20, 120],
  [190, 45, 95],
  [250, 145, 50],
  [255, 250, 200],
] as const;

/**
 * Paints a map `[height × width]` as an opaque picture, `from` darkest and `to` brightest; values outside are clamped,
 * NaN is darkest. `from` may exceed `to`: for SSIM, 1 is dark and 0 bright.
 *
 * @throws RangeError when the map does not have `width × height` values.
 */
export function heatMap(map: ArrayLike<number>, width: number, height: number, from = 0, to = 1): Picture {
  if (map.length !== width * height) throw new RangeError(`A map of ${map.length} is not ${width} × ${height}.`);
  const data = new Uint8ClampedArray(map.length * 4);
  const last = stops.length - 1;
  for (let i = 0; i < map.length; i++) {
    const share = (map[i]! - from) / (to - from);
    const at = share > 0 ? Math.min(share, 1) * last : 0;
    const step = Math.min(Math.floor(at), last - 1);
    const low = stops[step]!;
    const high = stops[step + 1]!;
    for (let c = 0; c < 3; c++) data[i * 4 + c] = low[c]! + (at - step) * (high[c]! - low[c]!);
    data[i * 4 + 3] = 255;
  }
  return { width, height, data };
}
