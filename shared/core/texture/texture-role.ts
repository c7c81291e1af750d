import { type Document, type Texture, TextureChannel } from '@gltf-transform/core';
import { getTextureChannelMask, listTextureSlots } from '@gltf-transform/functions';

/** What a texture is used for, as far as its encoding must know. */
export interface TextureRole {
  /** Position in the document’s list, which is that of the file. */
  readonly pointer: string;
  /** Some material reads the alpha channel. */
  readonly usesAlpha: boolean;
  /** Holds numbers such as normals or roughness, not colours. */
  readonly data: boolean;
  readonly normals: boolean;
}

/** Slots that hold colours in the sRGB transfer function; every other slot holds numbers. */
const colourSlot = /(baseColor|emissive|diffuse|specularGlossiness|specularColor|sheenColor|multiscatterColor)Texture$/;

/** Reads the role of every texture of a document from the materials that use it. */
export function textureRoles(document: Document): Map<Texture, TextureRole> {
  return new Map(
    document
      .getRoot()
      .listTextures()
      .map((texture, i) => {
        const slots = listTextureSlots(texture);
        return [
          texture,
          {
            pointer: `/images/${i}`,
            usesAlpha: (getTextureChannelMask(texture) & TextureChannel.A) !== 0,
            data: slots.length > 0 && !slots.some((slot) => colourSlot.test(slot)),
            normals: slots.some((slot) => /normalTexture$/i.test(slot)),
          },
        ];
      }),
  );
}
