import type { Document, Texture } from '@gltf-transform/core';
import { EXTTextureWebP } from '@gltf-transform/extensions';

/** Extensions that stand for an image type, and are of no use once no image of that type is left. */
const typeOfExtension: Record<string, string> = {
  EXT_texture_webp: 'image/webp',
  EXT_texture_avif: 'image/avif',
  KHR_texture_basisu: 'image/ktx2',
};

/** Replaces the image of a texture and keeps its name in step with its type. */
export function setTextureImage(texture: Texture, image: Uint8Array<ArrayBuffer>, type: string): void {
  texture.setImage(image).setMimeType(type);
  const uri = texture.getURI();
  if (uri) texture.setURI(uri.replace(/\.\w+$/, `.${type.slice('image/'.length).replace('jpeg', 'jpg')}`));
}

/** Makes the image extensions of a document those that its textures need: adds WebP, removes what is left over. */
export function declareImageTypes(document: Document): void {
  const types = new Set(
    document
      .getRoot()
      .listTextures()
      .map((texture) => texture.getMimeType()),
  );
  for (const extension of document.getRoot().listExtensionsUsed()) {
    const type = typeOfExtension[extension.extensionName];
    if (type !== undefined && !types.has(type)) extension.dispose();
  }
  if (types.has('image/webp')) document.createExtension(EXTTextureWebP).setRequired(true);
}
