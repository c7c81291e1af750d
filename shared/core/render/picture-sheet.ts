import type { Picture } from './picture.ts';

export interface SheetOptions {
  readonly columns: number;
  /** Pixels between the pictures and around them. */
  readonly gapPx: number;
  /** sRGB codes of what lies behind. */
  readonly colour: readonly [red: number, green: number, blue: number];
}

/**
 * Lays pictures of one size into a grid, row by row from the top left. Pictures with alpha are laid over the colour of
 * the sheet. @throws RangeError for no pictures or different sizes
 */
export function pictureSheet(pictures: readonly Picture[], options: SheetOptions): Picture {
  const { columns, gapPx, colour } = options;
  const [first] = pictures;
  if (!first || pictures.some(({ width, height }) => width !== first.width || height !== first.height)) {
    throw new RangeError('A sheet needs pictures, all of one size.');
  }
  const rows = Math.ceil(pictures.length / columns);
  const width = columns * (first.width + gapPx) + gapPx;
  const height = rows * (first.height + gapPx) + gapPx;
  const data = new Uint8Array(width * height * 4);
  new Uint32Array(data.buffer).fill(new Uint32Array(Uint8Array.of(...colour, 255).buffer)[0]!);
  pictures.forEach((picture, i) => {
    const left = gapPx + (i % columns) * (first.width + gapPx);
    const top = gapPx + Math.floor(i / columns) * (first.height + gapPx);
    for (let y = 0; y < first.height; y++) {
      for (let x = 0; x < first.width; x++) {
        const from = (y * first.width + x) * 4;
        const to = ((top + y) * width + left + x) * 4;
        const alpha = picture.data[from + 3]! / 255;
        for (let k = 0; k < 3; k++) {
          data[to + k] = Math.round(picture.data[from + k]! * alpha + colour[k]! * (1 - alpha));
        }
      }
    }
  });
  return { width, height, data };
}
