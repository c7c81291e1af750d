import { type Material, TextureInfo as Sampler, type Texture, type TextureInfo } from '@gltf-transform/core';
import type { MeshAnalysis } from '../../mesh/analyse/analyse-mesh.ts';
import type { UvAnalysis } from '../../mesh/analyse/analyse-uv.ts';
import type { GateFile } from '../gate-file.ts';
import type { Marks } from '../marked-finding.ts';

/** A texture of a material and how it is laid on. */
interface Slot {
  readonly texture: Texture;
  readonly info: TextureInfo;
}

/** Textures of metallic-roughness materials; those of extensions are laid on like the base colour in practice. */
export function slotsOf(material: Material): Slot[] {
  const slots = [
    [material.getBaseColorTexture(), material.getBaseColorTextureInfo()],
    [material.getEmissiveTexture(), material.getEmissiveTextureInfo()],
    [material.getNormalTexture(), material.getNormalTextureInfo()],
    [material.getOcclusionTexture(), material.getOcclusionTextureInfo()],
    [material.getMetallicRoughnessTexture(), material.getMetallicRoughnessTextureInfo()],
  ] as const;
  return slots.flatMap(([texture, info]) => (texture && info ? [{ texture, info }] : []));
}

/** A UV set that a texture is laid on with, over the triangles of one material. */
export interface TexturedSet {
  readonly pointer: string;
  readonly mesh: MeshAnalysis;
  readonly uv: UvAnalysis;
  /** Reaches over more than one tile: the texture repeats, and places share texels by design. */
  readonly repeats: boolean;
  /** Some texture ends at its border instead of repeating. */
  readonly clamps: boolean;
  /** A transform moves some texture: coordinates alone do not tell where it is read. */
  readonly moved: boolean;
  /** Marks for triangles of the set; all of it when there are none. */
  readonly marks: (triangles?: Uint32Array) => Marks;
  /** Triangles of the set as triangles of the mesh. */
  readonly ofMesh: (triangles: Uint32Array) => Uint32Array;
}

/** Wider than this is more than one tile; rounding of quantised coordinates is not. */
const oneTile = 1.001;

const clampsInfo = (info: TextureInfo): boolean =>
  info.getWrapS() === Sampler.WrapMode.CLAMP_TO_EDGE || info.getWrapT() === Sampler.WrapMode.CLAMP_TO_EDGE;

/** The UV sets that textures use. Others, such as light map sets, are not judged. */
export function texturedSets({ analysis, document }: GateFile): TexturedSet[] {
  const materials = document.getRoot().listMaterials();
  return analysis.meshes.flatMap(({ surface, analysis: mesh, uvSets }, m) =>
    uvSets.flatMap(({ set, material: pointer, triangles: all, analysis: uv }, uvSet): TexturedSet[] => {
      const material = materials.find((_, i) => `/materials/${i}` === pointer);
      const slots = material ? slotsOf(material).filter(({ info }) => info.getTexCoord() === set) : [];
      if (slots.length === 0) return [];
      const part = surface.parts.findIndex((one) => one.material === material);
      const [min, max] = [uv.faces.min, uv.faces.max];
      const ofMesh = (triangles: Uint32Array): Uint32Array => triangles.map((t) => all[t]!);
      return [
        {
          pointer: `${surface.pointer}/primitives/${part}/attributes/TEXCOORD_${set}`,
          mesh,
          uv,
          repeats: max[0] - min[0] > oneTile || max[1] - min[1] > oneTile,
          clamps: slots.some(({ info }) => clampsInfo(info)),
          moved: slots.some(({ info }) => info.getExtension('KHR_texture_transform') !== null),
          marks: (triangles) => ({ mesh: m, uvSet, triangles: triangles ? ofMesh(triangles) : all }),
          ofMesh,
        },
      ];
    }),
  );
}
