import type { Document } from '@gltf-transform/core';
import { AtlasError } from '../../errors.ts';
import { limits } from '../../schema/index.ts';
import type { Sharp } from './encode-image.ts';

/** Types whose pixels can be decoded here; KTX2 is for the GPU. */
const decodable = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/avif']);

/** Side of the picture that is thrown away: small, so that JPEG and WebP skip most of their arithmetic. */
const thumbnailPx = 8;

async function decode(image: Uint8Array, sharp: Sharp, pointer: string): Promise<void> {
  try {
    await sharp(image, { ignoreIcc: true, failOn: 'error', limitInputPixels: limits.imageSizePx ** 2 })
      .resize(thumbnailPx, thumbnailPx, { fit: 'fill', kernel: 'nearest' })
      .raw()
      .toBuffer();
  } catch (cause) {
    const message = `An image cannot be decoded: ${(cause as Error).message.split('\n')[0]?.slice(0, 200)}`;
    throw new AtlasError('image_malformed', message, { pointer, cause });
  }
}

/**
 * Decodes every image once, because a header says nothing of what follows: one that is cut off would go through every
 * step that need not look at pixels, and be delivered. The document may change meanwhile. About 60 ms for a PNG of 2048², 15 ms for a JPEG.
 * @throws image_malformed
 */
export async function checkPixels(document: Document, sharp: Sharp): Promise<void> {
  const images = document
    .getRoot()
    .listTextures()
    .map((texture) => (decodable.has(texture.getMimeType()) ? texture.getImage() : null));
  for (const [i, image] of images.entries()) if (image) await decode(image, sharp, `/images/${i}`);
}
