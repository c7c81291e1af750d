import { power24 } from './stable-math.ts';

const decode = (value: number): number => (value <= 0.04045 ? value / 12.92 : power24((value + 0.055) / 1.055));

/** Linear light 0–1 of each 8-bit sRGB code (IEC 61966-2-1). */
export const linearOfCode = Float64Array.from({ length: 256 }, (_, code) => decode(code / 255));

/** `thresholds[c]`: linear light from which on code c + 1 is nearer than c. */
const thresholds = Float64Array.from({ length: 256 }, (_, code) => (code < 255 ? decode((code + 0.5) / 255) : 2));

const buckets = 4096;
const firstCode = new Uint8Array(buckets + 1);
for (let i = 0, code = 0; i <= buckets; i++) {
  while (thresholds[code] <= i / buckets) code++;
  firstCode[i] = code;
}

/** Nearest 8-bit sRGB code of a linear value; what lies outside 0–1 is clamped, NaN gives 0. */
export function codeOfLinear(value: number): number {
  if (!(value > 0)) return 0;
  if (value >= 1) return 255;
  let code = firstCode[(value * buckets) | 0];
  while (value >= thresholds[code]) code++;
  return code;
}
