import type { Document, Material, Texture, TextureInfo } from '@gltf-transform/core';
import type { EmissiveStrength, Transform } from '@gltf-transform/extensions';
import { mipChain, type Pixels } from './mip-chain.ts';
import { defaultMaterial, type RenderMaterial, type RenderTexture, type TextureUse, type Wrap } from './scene.ts';
import { cosDegrees, sinDegrees } from './stable-math.ts';

/** Decodes the bytes of an image file to pixels as stored, without colour management; undefined if it cannot. */
export type DecodeImage = (image: Uint8Array, mimeType: string) => Promise<Pixels | undefined>;

const wraps = new Map<number, Wrap>([
  [33071, 'clamp'],
  [33648, 'mirror'],
  [10497, 'repeat'],
]);

const degreesPerRadian = 180 / Math.PI;

/** u, v of the file to u, v of the image: scale, then turn, then shift (KHR_texture_transform). */
function transformOf(transform: Transform): number[] {
  const [ox, oy] = transform.getOffset();
  const [sx, sy] = transform.getScale();
  const degrees = transform.getRotation() * degreesPerRadian;
  const [sin, cos] = [sinDegrees(degrees), cosDegrees(degrees)];
  return [cos * sx, sin * sy, ox, -sin * sx, cos * sy, oy];
}

function useOf(info: TextureInfo, texture: number): TextureUse {
  const transform = info.getExtension<Transform>('KHR_texture_transform');
  const uvSet = transform?.getTexCoord() ?? info.getTexCoord();
  const minFilter = info.getMinFilter();
  return {
    texture,
    // Sets above 1 are rare, and not read.
    uvSet: uvSet === 1 ? 1 : 0,
    transform: transform ? transformOf(transform) : undefined,
    wrapU: wraps.get(info.getWrapS()) ?? 'repeat',
    wrapV: wraps.get(info.getWrapT()) ?? 'repeat',
    smooth: info.getMagFilter() !== 9728,
    // NEAREST and LINEAR read the full image only; …_MIPMAP_NEAREST one level; all else two.
    mips:
      minFilter === 9728 || minFilter === 9729
        ? 'none'
        : minFilter === 9984 || minFilter === 9985
          ? 'nearest'
          : 'linear',
  };
}

interface TextureBook {
  readonly textures: RenderTexture[];
  /** Index of a texture read as colours or as numbers, made when first asked for; undefined if it has no pixels. */
  index(texture: Texture, srgb: boolean): number | undefined;
}

function textureBook(pixels: Map<Texture, Pixels>, maxSizePx: number | undefined): TextureBook {
  const textures: RenderTexture[] = [];
  const known = [new Map<Texture, number>(), new Map<Texture, number>()] as const;
  return {
    textures,
    index(texture, srgb) {
      const places = known[srgb ? 1 : 0];
      const found = places.get(texture);
      if (found !== undefined) return found;
      const image = pixels.get(texture);
      if (image === undefined) return undefined;
      places.set(texture, textures.length);
      textures.push(mipChain(image, { srgb, maxSizePx }));
      return textures.length - 1;
    },
  };
}

function materialOf(material: Material, book: TextureBook): RenderMaterial {
  const use = (texture: Texture | null, info: TextureInfo | null, srgb: boolean): TextureUse | undefined => {
    const index = texture ? book.index(texture, srgb) : undefined;
    return info && index !== undefined ? useOf(info, index) : undefined;
  };
  const strength =
    material.getExtension<EmissiveStrength>('KHR_materials_emissive_strength')?.getEmissiveStrength() ?? 1;
  const [er, eg, eb] = material.getEmissiveFactor();
  const [r, g, b, a] = material.getBaseColorFactor();
  const alphaMode = material.getAlphaMode();
  return {
    baseColour: [r, g, b, a],
    metallic: material.getMetallicFactor(),
    roughness: material.getRoughnessFactor(),
    emissive: [er * strength, eg * strength, eb * strength],
    normalScale: material.getNormalScale(),
    occlusionStrength: material.getOcclusionStrength(),
    alphaMode: alphaMode === 'MASK' ? 'mask' : alphaMode === 'BLEND' ? 'blend' : 'opaque',
    alphaCutoff: material.getAlphaCutoff(),
    doubleSided: material.getDoubleSided(),
    unlit: material.getExtension('KHR_materials_unlit') !== null,
    baseColourTexture: use(material.getBaseColorTexture(), material.getBaseColorTextureInfo(), true),
    metallicRoughnessTexture: use(
      material.getMetallicRoughnessTexture(),
      material.getMetallicRoughnessTextureInfo(),
      false,
    ),
    normalTexture: use(material.getNormalTexture(), material.getNormalTextureInfo(), false),
    occlusionTexture: use(material.getOcclusionTexture(), material.getOcclusionTextureInfo(), false),
    emissiveTexture: use(material.getEmissiveTexture(), material.getEmissiveTextureInfo(), true),
  };
}

export interface SceneMaterials {
  /** The default of glTF first, then those of the document in their order. */
  readonly materials: RenderMaterial[];
  readonly textures: RenderTexture[];
}

/** Materials and decoded textures of a document. Images that cannot be decoded leave the factors alone. */
export async function sceneMaterials(
  document: Document,
  decode: DecodeImage,
  maxTexturePx: number | undefined,
): Promise<SceneMaterials> {
  const pixels = new Map<Texture, Pixels>();
  for (const texture of document.getRoot().listTextures()) {
    const image = texture.getImage();
    const decoded = image ? await decode(image, texture.getMimeType()) : undefined;
    if (decoded) pixels.set(texture, decoded);
  }
  const book = textureBook(pixels, maxTexturePx);
  const materials = document
    .getRoot()
    .listMaterials()
    .map((material) => materialOf(material, book));
  return { materials: [defaultMaterial, ...materials], textures: book.textures };
}
