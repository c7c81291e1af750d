/** Width and height in pixels. */
export type PixelSize = readonly [width: number, height: number];

/** Block-compressed GPU formats work in blocks of 4 × 4. */
const blockPx = 4;

const isPowerOfTwo = (value: number): boolean => (value & (value - 1)) === 0;

/** Rounds one shrunken side: powers of two stay such, other sides become whole blocks. */
function fitSide(before: number, scale: number, most: number): number {
  const ideal = before * scale;
  if (isPowerOfTwo(before) && isPowerOfTwo(most)) return Math.max(1, 2 ** Math.round(Math.log2(ideal)));
  if (ideal < blockPx) return Math.max(1, Math.round(ideal));
  const blocks = (side: number): number => Math.floor(side / blockPx) * blockPx;
  return Math.min(Math.round(ideal / blockPx) * blockPx, blocks(before), blocks(most) || most);
}

/**
 * The size of an image whose longest side may be `sizePx` at most. Keeps the proportions up to rounding, never enlarges,
 * keeps powers of two as such and makes other sides a multiple of four.
 */
export function fitSize([width, height]: PixelSize, sizePx: number): PixelSize {
  const longest = Math.max(width, height);
  if (longest <= sizePx) return [width, height];
  const scale = sizePx / longest;
  return [fitSide(width, scale, sizePx), fitSide(height, scale, sizePx)];
}
