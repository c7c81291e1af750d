import type { Document } from '@gltf-transform/core';
import type { Pixels } from '../../shared/core/render/mip-chain.ts';
import type { RenderScene } from '../../shared/core/render/scene.ts';
import { sceneOf } from '../../shared/core/render/scene-of.ts';
import { limits } from '../../shared/schema/index.ts';

/** A model as views show it, and how many of its images could not be decoded: those are missing in the views. */
export interface ViewScene {
  readonly scene: RenderScene;
  readonly unreadImages: number;
}

/** A view of 512 pixels shows about one texel of a 1024² atlas in each; twice that leaves room for uneven atlases. */
const maxTexturePx = 2048;

/** Types whose pixels can be decoded here; KTX2 is for the GPU. */
const decodable = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/avif']);

/**
 * Larger images without alpha are shrunk as they are decoded, which saves the memory of the whole; those with alpha are
 * not, because a resize forgets colours under zero alpha.
 */
async function decodePixels(image: Uint8Array): Promise<Pixels | undefined> {
  const { sharp } = await import('./images.ts');
  const open = () => sharp(image, { ignoreIcc: true, failOn: 'error', limitInputPixels: limits.imageSizePx ** 2 });
  try {
    const pipeline = open();
    if (!(await open().metadata()).hasAlpha) {
      pipeline.resize(maxTexturePx, maxTexturePx, { fit: 'inside', withoutEnlargement: true });
    }
    const { data, info } = await pipeline
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgba: data };
  } catch {
    return undefined;
  }
}

/** Reads a document into a scene whose textures are at most 2048 pixels wide. The document is only read. */
export async function viewScene(document: Document): Promise<ViewScene> {
  let unreadImages = 0;
  const decode = async (image: Uint8Array, mimeType: string): Promise<Pixels | undefined> => {
    const pixels = decodable.has(mimeType) ? await decodePixels(image) : undefined;
    if (!pixels) unreadImages++;
    return pixels;
  };
  return { scene: await sceneOf(document, decode, { maxTexturePx }), unreadImages };
}
