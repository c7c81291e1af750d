import type { Document, Material, Texture } from '@gltf-transform/core';
import { imageSize } from '../format/image-size.ts';
import type { AnalysedMesh, DocumentAnalysis, UvSetAnalysis } from '../mesh/analyse/analyse-document.ts';
import { areaVector } from '../mesh/analyse/measure-faces.ts';
import { none } from '../mesh/analyse/topology.ts';
import { type BakedLight, measureBakedLight } from '../texture/measure-baked-light.ts';
import { type EffectiveResolution, measureEffectiveResolution } from '../texture/measure-effective-resolution.ts';
import { type Flatness, measureFlatness } from '../texture/measure-flatness.ts';
import { measureSeams, type SeamReport } from '../texture/measure-seams.ts';
import type { Picture } from './metrics/picture.ts';

/** Decodes an image to RGBA8, as stored. Rejects when it cannot. */
export type DecodeImage = (image: Uint8Array) => Promise<Picture>;

/** What the texels of a texture of colours are like, where the surface uses them. */
export interface ColourMeasures {
  /** JSON pointer of the image. */
  readonly pointer: string;
  readonly width: number;
  readonly height: number;
  readonly resolution: EffectiveResolution;
  readonly flatness: Flatness;
  /** Absent where it is not known which texel lies on which surface, and for pictures under 64 pixels. */
  readonly light: BakedLight | undefined;
  /** Of each place where the texture lies; empty where that is not known. */
  readonly seams: readonly UsedSeams[];
}

/** How the colours meet over the seams of one UV set. */
export interface UsedSeams extends SeamReport {
  /** Index of the mesh in the analysis. */
  readonly mesh: number;
  /** Triangles at the seams that show, of the mesh. */
  readonly triangles: Uint32Array;
}

/** Colour textures by their measures, and the images that cannot be decoded. */
export interface ColourReport {
  readonly textures: readonly ColourMeasures[];
  /** JSON pointers. */
  readonly unreadable: readonly string[];
}

/** Where a texture lies on a mesh. */
interface Use {
  readonly index: number;
  readonly mesh: AnalysedMesh;
  readonly set: UvSetAnalysis;
}

/** The texture that shows a material’s colours: some generators put it in the emissive slot. */
function colourOf(material: Material): { texture: Texture; set: number; moved: boolean } | undefined {
  const base = material.getBaseColorTexture();
  const texture = base ?? material.getEmissiveTexture();
  const info = base ? material.getBaseColorTextureInfo() : material.getEmissiveTextureInfo();
  if (!texture || !info) return undefined;
  return { texture, set: info.getTexCoord(), moved: info.getExtension('KHR_texture_transform') !== null };
}

/** Every colour texture with the places where it lies; `undefined` where a transform moves it. */
function listUses(document: Document, { meshes }: DocumentAnalysis): Map<Texture, Use[] | undefined> {
  const uses = new Map<Texture, Use[] | undefined>();
  document
    .getRoot()
    .listMaterials()
    .forEach((material, i) => {
      const colour = colourOf(material);
      if (!colour) return;
      const here = meshes.flatMap((mesh, index) =>
        mesh.uvSets
          .filter(({ set, material: pointer }) => set === colour.set && pointer === `/materials/${i}`)
          .map((set): Use => ({ index, mesh, set })),
      );
      const known = uses.has(colour.texture) ? uses.get(colour.texture) : [];
      uses.set(colour.texture, colour.moved || !known ? undefined : [...known, ...here]);
    });
  return uses;
}

/** Texels of a `width` × `height` image that some triangle covers, at the resolution of the raster. */
function maskOf(uses: readonly Use[], width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const { set } of uses) {
    const { sizePx, owners } = set.analysis.raster;
    for (let y = 0; y < height; y++) {
      const row = Math.floor(((y + 0.5) / height) * sizePx) * sizePx;
      for (let x = 0; x < width; x++) {
        if (owners[row + Math.floor(((x + 0.5) / width) * sizePx)] !== none) mask[y * width + x] = 1;
      }
    }
  }
  return mask;
}

/** Unit normals of a mesh’s triangles `[triangles × 3]`; zero for those without area. */
function faceNormals({ analysis: { topology } }: AnalysedMesh): Float32Array {
  const { corners, triangles, pointPositions: p, sound } = topology;
  const normals = new Float32Array(triangles * 3);
  const normal = new Float64Array(3);
  for (let t = 0; t < triangles; t++) {
    if (sound[t] === 0) continue;
    const squared = areaVector(p, corners[t * 3] * 3, corners[t * 3 + 1] * 3, corners[t * 3 + 2] * 3, normal);
    const length = Math.sqrt(squared);
    for (let k = 0; k < 3; k++) normals[t * 3 + k] = length > 0 ? normal[k] / length : 0;
  }
  return normals;
}

/** Smaller pictures do not have the cells that a fit of light needs. */
const leastLitPx = 64;

/** Fits baked light on the raster’s grid, the picture sampled there: light is smooth, so no detail is missed. */
function lightOf(picture: Picture, uses: readonly Use[]): BakedLight | undefined {
  const [first] = uses;
  if (!first || Math.min(picture.width, picture.height) < leastLitPx) return undefined;
  const n = first.set.analysis.raster.sizePx;
  const data = new Uint8Array(n * n * 4);
  const normals = new Float32Array(n * n * 3);
  const used = new Uint8Array(n * n);
  for (const { mesh, set } of uses) {
    const ofFaces = faceNormals(mesh);
    const { owners } = set.analysis.raster;
    for (let i = 0; i < owners.length; i++) {
      if (owners[i] === none || used[i] === 1) continue;
      const t = set.triangles[owners[i]];
      used[i] = 1;
      normals.set(ofFaces.subarray(t * 3, t * 3 + 3), i * 3);
      const x = Math.floor((((i % n) + 0.5) / n) * picture.width);
      const y = Math.floor(((Math.floor(i / n) + 0.5) / n) * picture.height);
      const at = (y * picture.width + x) * 4;
      data.set(picture.data.subarray(at, at + 4), i * 4);
    }
  }
  return measureBakedLight({ picture: { width: n, height: n, data }, normals, used });
}

/** Both triangles of some seams, as triangles of the mesh. */
function trianglesAt(seams: Uint32Array, sides: Uint32Array, ofMesh: Uint32Array): Uint32Array {
  const found = new Set<number>();
  for (const seam of seams) for (let side = 0; side < 2; side++) found.add(ofMesh[sides[seam * 2 + side]!]!);
  return Uint32Array.from(found).sort();
}

/** How the colours of a texture meet where it lies. */
function seamsOf(picture: Picture, { index, set }: Use): UsedSeams {
  const { seamSides } = set.analysis;
  const report = measureSeams(picture, seamSides);
  return { ...report, mesh: index, triangles: trianglesAt(report.visible, seamSides.triangles, set.triangles) };
}

/**
 * Decodes each texture of colours once and measures it on the texels that the surface uses; one picture is held at a time.
 * Images in KTX2 are left out: nothing here decodes them. About 0.3 s for 2048 × 2048.
 */
export async function measureBaseColours(
  document: Document,
  analysis: DocumentAnalysis,
  decode: DecodeImage,
): Promise<ColourReport> {
  const textures = document.getRoot().listTextures();
  const measured: ColourMeasures[] = [];
  const unreadable: string[] = [];
  for (const [texture, uses] of listUses(document, analysis)) {
    const image = texture.getImage();
    const header = image ? imageSize(image) : undefined;
    // Without a header the check of images speaks up.
    if (!image || !header || header.mimeType === 'image/ktx2') continue;
    const pointer = `/images/${textures.indexOf(texture)}`;
    let picture: Picture;
    try {
      picture = await decode(image);
    } catch {
      unreadable.push(pointer);
      continue;
    }
    const { width, height } = picture;
    const mask = uses && uses.length > 0 ? maskOf(uses, width, height) : undefined;
    measured.push({
      pointer,
      width,
      height,
      resolution: measureEffectiveResolution(picture, mask),
      flatness: measureFlatness(picture, mask),
      light: uses && lightOf(picture, uses),
      seams: (uses ?? []).map((use) => seamsOf(picture, use)),
    });
  }
  return { textures: measured, unreadable };
}
