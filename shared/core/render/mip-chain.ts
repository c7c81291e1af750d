import type { RenderTexture } from './scene.ts';
import { codeOfLinear, linearOfCode } from './srgb-codes.ts';

/** Decoded pixels `[height × width × 4]`, rows from the top, values as stored in the file. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

let tables: { linear16: Uint16Array; code: Uint8Array } | undefined;

/** sRGB codes to 16-bit linear light and back: a mean of four becomes additions and one look-up. */
function averagingTables(): { linear16: Uint16Array; code: Uint8Array } {
  tables ??= {
    linear16: Uint16Array.from(linearOfCode, (value) => Math.floor(value * 65535 + 0.5)),
    code: Uint8Array.from({ length: 65536 }, (_, i) => codeOfLinear(i / 65535)),
  };
  return tables;
}

interface Level {
  readonly first: number;
  readonly width: number;
  readonly height: number;
}

/** Fills `to` from `from` by means of 2 × 2 texels; an odd last row or column is dropped, as GPUs do. */
function halve(texels: Uint32Array, from: Level, to: Level, srgb: boolean): void {
  const { linear16, code } = averagingTables();
  const right = from.width > 1 ? 1 : 0;
  const below = from.height > 1 ? from.width : 0;
  const mean = (a: number, b: number, c: number, d: number, shift: number): number =>
    srgb
      ? code[
          (linear16[(a >>> shift) & 255] +
            linear16[(b >>> shift) & 255] +
            linear16[(c >>> shift) & 255] +
            linear16[(d >>> shift) & 255] +
            2) >>>
            2
        ]
      : (((a >>> shift) & 255) + ((b >>> shift) & 255) + ((c >>> shift) & 255) + ((d >>> shift) & 255) + 2) >>> 2;
  for (let y = 0; y < to.height; y++) {
    let source = from.first + Math.min(2 * y, from.height - 1) * from.width;
    let at = to.first + y * to.width;
    for (let x = 0; x < to.width; x++, source += 2, at++) {
      const a = texels[source];
      const b = texels[source + right];
      const c = texels[source + below];
      const d = texels[source + below + right];
      const alpha = ((a >>> 24) + (b >>> 24) + (c >>> 24) + (d >>> 24) + 2) >>> 2;
      texels[at] = (alpha << 24) | (mean(a, b, c, d, 16) << 16) | (mean(a, b, c, d, 8) << 8) | mean(a, b, c, d, 0);
    }
  }
}

/**
 * A texture with its chain of halved images, averaged in linear light if it holds colours. About 25 ms a megapixel.
 * Levels whose longer side is above `maxSizePx` are left out: the texture then begins with a smaller one.
 */
export function mipChain(pixels: Pixels, options: { srgb: boolean; maxSizePx?: number | undefined }): RenderTexture {
  const { srgb, maxSizePx = Number.POSITIVE_INFINITY } = options;
  const levels: Level[] = [];
  let total = 0;
  for (let width = pixels.width, height = pixels.height; ; ) {
    levels.push({ first: total, width, height });
    total += width * height;
    if (width === 1 && height === 1) break;
    width = Math.max(1, width >> 1);
    height = Math.max(1, height >> 1);
  }
  const { rgba } = pixels;
  const texels = new Uint32Array(total);
  new Uint8Array(texels.buffer).set(rgba.subarray(0, pixels.width * pixels.height * 4));
  for (let i = 1; i < levels.length; i++) halve(texels, levels[i - 1]!, levels[i]!, srgb);
  const kept = levels.filter((level, i) => Math.max(level.width, level.height) <= maxSizePx || i === levels.length - 1);
  const skip = kept[0]!.first;
  return {
    width: kept[0]!.width,
    height: kept[0]!.height,
    srgb,
    levels: Uint32Array.from(kept.flatMap(({ first, width, height }) => [first - skip, width, height])),
    texels: skip === 0 ? texels : texels.slice(skip),
  };
}
