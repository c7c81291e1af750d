import type { Vec3 } from './camera.ts';
import { codeOfLinear } from './srgb-codes.ts';

/** A picture in sRGB, `[height × width × 4]`, rows from the top; alpha is not multiplied in. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * Averages `samples × samples` linear colours a pixel, which have alpha multiplied in, and encodes them. `background`
 * is linear; without one the picture is transparent where nothing is.
 */
export function resolvePicture(
  colours: Float32Array,
  width: number,
  height: number,
  samples: number,
  background: Vec3 | undefined,
): Picture {
  const data = new Uint8Array(width * height * 4);
  const share = 1 / (samples * samples);
  const stride = width * samples * 4;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      for (let j = 0; j < samples; j++) {
        let from = (y * samples + j) * stride + x * samples * 4;
        for (let i = 0; i < samples; i++, from += 4) {
          r += colours[from];
          g += colours[from + 1];
          b += colours[from + 2];
          a += colours[from + 3];
        }
      }
      a *= share;
      // Alpha takes no part in light: what is behind shows through by the share that is left.
      const rest = background === undefined ? 0 : 1 - a;
      const scale = background !== undefined ? share : a > 0 ? share / a : 0;
      data[at] = codeOfLinear(r * scale + (background === undefined ? 0 : rest * background[0]));
      data[at + 1] = codeOfLinear(g * scale + (background === undefined ? 0 : rest * background[1]));
      data[at + 2] = codeOfLinear(b * scale + (background === undefined ? 0 : rest * background[2]));
      data[at + 3] = background === undefined ? Math.floor(a * 255 + 0.5) : 255;
    }
  }
  return { width, height, data };
}
