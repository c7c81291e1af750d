/** A picture as it is shown: RGBA8, sRGB, rows from the top, `[height × width × 4]`. Metrics do not read alpha. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Refuses two pictures that cannot be compared pixel by pixel.
 *
 * @throws RangeError when sizes differ, a side is not a positive integer, or data is of another length.
 */
export function checkPair(a: Picture, b: Picture): void {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(`The pictures differ in size: ${a.width} × ${a.height} and ${b.width} × ${b.height}.`);
  }
  checkPicture(a);
  checkPicture(b);
}

/** @throws RangeError when a side is not a positive integer, or data is of another length. */
export function checkPicture({ width, height, data }: Picture): void {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || data.length !== width * height * 4) {
    throw new RangeError(`A picture of ${width} × ${height} cannot have ${data.length} values.`);
  }
}
