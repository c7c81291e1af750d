/** How texture coordinates outside 0–1 are read. */
export type Wrap = 'repeat' | 'mirror' | 'clamp';

/** An image with all its smaller levels. Texels are RGBA8, red in the lowest byte, rows from the top. */
export interface RenderTexture {
  readonly width: number;
  readonly height: number;
  /** The colours are stored in sRGB; alpha never is. */
  readonly srgb: boolean;
  /** First texel, width and height of each level, `[levels × 3]`; level 0 is the image itself. */
  readonly levels: Uint32Array;
  readonly texels: Uint32Array;
}

/** One use of a texture by a material. */
export interface TextureUse {
  /** Index in `RenderScene.textures`. */
  readonly texture: number;
  /** Which set of coordinates, 0 or 1. */
  readonly uvSet: 0 | 1;
  /** u' = a u + b v + c, v' = d u + e v + f as [a, b, c, d, e, f] (KHR_texture_transform). */
  readonly transform: readonly number[] | undefined;
  readonly wrapU: Wrap;
  readonly wrapV: Wrap;
  /** Mean of the four nearest texels, or the nearest one. */
  readonly smooth: boolean;
  /** Smaller levels where the image is seen small: none, the nearest level, or a blend of two. */
  readonly mips: 'none' | 'nearest' | 'linear';
}

/** A metallic-roughness material of glTF 2.0. Colours are linear. */
export interface RenderMaterial {
  readonly baseColour: readonly [r: number, g: number, b: number, a: number];
  readonly metallic: number;
  readonly roughness: number;
  /** With KHR_materials_emissive_strength multiplied in. */
  readonly emissive: readonly [r: number, g: number, b: number];
  readonly normalScale: number;
  readonly occlusionStrength: number;
  readonly alphaMode: 'opaque' | 'mask' | 'blend';
  readonly alphaCutoff: number;
  readonly doubleSided: boolean;
  readonly unlit: boolean;
  readonly baseColourTexture: TextureUse | undefined;
  readonly metallicRoughnessTexture: TextureUse | undefined;
  readonly normalTexture: TextureUse | undefined;
  readonly occlusionTexture: TextureUse | undefined;
  readonly emissiveTexture: TextureUse | undefined;
}

/**
 * Triangles ready to be drawn, in world space: metres, +Y up, right-handed, front faces counter-clockwise. Plain data
 * that can be posted to a thread. Arrays that nothing needs are empty.
 */
export interface RenderScene {
  /** `[vertices × 3]` */
  readonly positions: Float32Array;
  /** `[vertices × 3]`, unit length; 0 0 0 where the file has none: such faces are drawn flat (glTF 2.0 section 3.7.2.1). */
  readonly normals: Float32Array;
  /** `[corners × 4]`: direction of growing u, and the sign of the bitangent. Only if some material has a normal map. */
  readonly tangents: Float32Array;
  /** `[vertices × 2]`, v downwards as in glTF. */
  readonly uvs0: Float32Array;
  readonly uvs1: Float32Array;
  /** `[vertices × 4]`, linear. */
  readonly colours: Float32Array;
  /** `[triangles × 3]` */
  readonly indices: Uint32Array;
  /** Index in `materials` of each triangle. */
  readonly triangleMaterials: Uint32Array;
  readonly materials: readonly RenderMaterial[];
  readonly textures: readonly RenderTexture[];
}

/** What glTF 2.0 gives a primitive without material. */
export const defaultMaterial: RenderMaterial = {
  baseColour: [1, 1, 1, 1],
  metallic: 1,
  roughness: 1,
  emissive: [0, 0, 0],
  normalScale: 1,
  occlusionStrength: 1,
  alphaMode: 'opaque',
  alphaCutoff: 0.5,
  doubleSided: false,
  unlit: false,
  baseColourTexture: undefined,
  metallicRoughnessTexture: undefined,
  normalTexture: undefined,
  occlusionTexture: undefined,
  emissiveTexture: undefined,
};

/** A scene of triangles given as arrays; what is left out is empty. For tests, and for layouts that are no model. */
export function plainScene(parts: Pick<RenderScene, 'positions' | 'indices'> & Partial<RenderScene>): RenderScene {
  const none = new Float32Array(0);
  return {
    normals: new Float32Array(parts.positions.length),
    tangents: none,
    uvs0: none,
    uvs1: none,
    colours: none,
    triangleMaterials: new Uint32Array(parts.indices.length / 3),
    materials: [{ ...defaultMaterial, metallic: 0 }],
    textures: [],
    ...parts,
  };
}
