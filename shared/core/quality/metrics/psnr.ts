import { checkPair, type Picture } from './picture.ts';

export interface PsnrResult {
  /** Peak signal-to-noise ratio in dB; `Infinity` for equal pictures, and where nothing was compared. */
  readonly psnrDb: number;
  /** Mean squared error of the stored values 0–255. */
  readonly meanSquaredError: number;
}

/**
 * PSNR over red, green and blue together, of stored sRGB values with peak 255. With a mask `[height × width]`, only
 * pixels whose mask is not 0 count, so that an equal background does not hide what happens on the object.
 *
 * @throws RangeError when the sizes differ.
 */
export function psnr(a: Picture, b: Picture, mask?: Uint8Array): PsnrResult {
  checkPair(a, b);
  const count = a.width * a.height;
  if (mask && mask.length !== count) throw new RangeError(`A mask of ${mask.length} does not fit ${count} pixels.`);
  let squares = 0;
  let compared = 0;
  for (let i = 0, at = 0; i < count; i++, at += 4) {
    if (mask && mask[i] === 0) continue;
    const red = a.data[at]! - b.data[at]!;
    const green = a.data[at + 1]! - b.data[at + 1]!;
    const blue = a.data[at + 2]! - b.data[at + 2]!;
    squares += red * red + green * green + blue * blue;
    compared++;
  }
  const meanSquaredError = compared > 0 ? squares / (3 * compared) : 0;
  const psnrDb = meanSquaredError > 0 ? 10 * Math.log10((255 * 255) / meanSquaredError) : Infinity;
  return { psnrDb, meanSquaredError };
}
