import type { Picture } from '../../shared/core/quality/metrics/picture.ts';
import { AtlasError } from '../../shared/errors.ts';
import { limits } from '../../shared/schema/index.ts';

/** Longest side of the prompt image, in pixels. */
const promptPx = 768;

/** The prompt image in pixels, at most 768 wide and high, alpha as it came. @throws image_malformed at /prompt */
export async function promptPicture(image: Uint8Array): Promise<Picture> {
  const { sharp } = await import('./images.ts');
  const open = () => sharp(image, { failOn: 'error', limitInputPixels: limits.imageSizePx ** 2 });
  try {
    const { format } = await open().metadata();
    // Others, such as SVG and PDF, are programs of a kind.
    if (format !== 'png' && format !== 'jpeg' && format !== 'webp') throw new Error(`${format} is not a photograph`);
    const { data, info } = await open()
      .rotate()
      .resize(promptPx, promptPx, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    const message = 'The prompt image is not a PNG, JPEG or WebP that can be read.';
    throw new AtlasError('image_malformed', message, { cause, pointer: '/prompt' });
  }
}
