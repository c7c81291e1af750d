import type { Document, Texture } from '@gltf-transform/core';
import { EXTTextureWebP } from '@gltf-transform/extensions';
import type { Change } from '../../schema/index.ts';
import { checkImage } from './check-images.ts';
import { imageSize } from './image-size.ts';
import type { SourceLimits } from './source-limits.ts';

/** What surrounds an OBJ or a PLY: the archive that it lies in, if any. */
export interface SurroundingFiles {
  readonly findFile?: ((uri: string) => Uint8Array | undefined) | undefined;
  readonly limits: SourceLimits;
}

/** Types that glTF holds and that every step behind reads. */
const textureTypes = new Set(['image/png', 'image/jpeg', 'image/webp']);

/**
 * Makes a function that takes an image out of the archive and gives its texture, the same one for the same name. What is
 * not there, or of a type that glTF does not hold, is left out and reported once. The function throws image_too_large.
 */
export function textureLoader(
  document: Document,
  { findFile, limits }: SurroundingFiles,
  changes: Change[],
): (uri: string) => Texture | undefined {
  const loaded = new Map<string, Texture | undefined>();
  const budget = { pixels: 0 };
  const load = (uri: string): Texture | undefined => {
    const pointer = `/textures/${uri.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const bytes = findFile?.(uri);
    const header = bytes && imageSize(bytes);
    if (!bytes || !header || !textureTypes.has(header.mimeType)) {
      const why = bytes ? 'is no PNG, JPEG or WebP' : 'is not with the file';
      changes.push({ code: 'texture_missing', message: `The texture ${uri} ${why}.`, pointer });
      return undefined;
    }
    checkImage(bytes, pointer, limits, budget);
    if (header.mimeType === 'image/webp') document.createExtension(EXTTextureWebP).setRequired(true);
    const name = uri.replace(/^.*[\\/]/, '').replace(/\.\w+$/, '');
    return document
      .createTexture(name)
      .setImage(bytes as Uint8Array<ArrayBuffer>)
      .setMimeType(header.mimeType);
  };
  return (uri) => {
    if (!loaded.has(uri)) loaded.set(uri, load(uri));
    return loaded.get(uri);
  };
}
