import type { Picture } from '../../shared/core/quality/metrics/picture.ts';
import { limits } from '../../shared/schema/index.ts';
import { sharp } from './images.ts';

/** Decodes an image to RGBA8 as stored, at its full size. Rejects when it is cut off or broken. */
export async function decodePicture(image: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(image, {
    ignoreIcc: true,
    failOn: 'error',
    limitInputPixels: limits.imageSizePx ** 2,
  })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
