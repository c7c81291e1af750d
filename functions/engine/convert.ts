import type { Document } from '@gltf-transform/core';
import { cloneDocument } from '@gltf-transform/functions';
import { MeshoptEncoder, MeshoptSimplifier } from 'meshoptimizer';
import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { buildLods } from '../../shared/core/mesh/build-lods.ts';
import { orderVertices, packGeometry } from '../../shared/core/mesh/pack-geometry.ts';
import { encodeTextures } from '../../shared/core/texture/encode-textures.ts';
import type { Change, ConvertedFile, ConvertRecipe } from '../../shared/schema/index.ts';

/** A file that a target gets, and what its level of detail cost in shape. */
export type ConvertedGlb = Omit<ConvertedFile, 'key' | 'sha256' | 'sizeBytes'> & { readonly glb: Uint8Array };

const share = (value: number, whole: number): number => (whole > 0 ? value / whole : 0);

async function encodeImages(document: Document, recipe: ConvertRecipe): Promise<Change[]> {
  if (document.getRoot().listTextures().length === 0) return [];
  const { sharp } = await import('./images.ts');
  return encodeTextures(document, { format: recipe.textureFormat, quality: recipe.textureQuality, sharp });
}

/**
 * Makes the files of one target: `model` at the triangle budget, then `lod1`, `lod2`, … as far as the model can be
 * reduced. Every file is self-contained and
 * carries the same images byte for byte, encoded once. Same input, same bytes.
 * @throws budget_unreachable, and what reading a GLB throws
 */
export async function convert(input: {
  glb: Uint8Array;
  recipe: ConvertRecipe;
}): Promise<{ files: ConvertedGlb[]; changes: Change[] }> {
  const { recipe } = input;
  const document = await readGlb(input.glb);
  await Promise.all([MeshoptSimplifier.ready, MeshoptEncoder.ready]);
  // Images are encoded on other threads while the geometry is decimated on this one.
  const encoding = encodeImages(document, recipe);
  encoding.catch(() => undefined);
  const changes: Change[] = [];
  const files: ConvertedGlb[] = [];
  const options = {
    triangles: recipe.triangles,
    lods: recipe.lods,
    simplifier: MeshoptSimplifier,
    encoder: MeshoptEncoder,
  };
  const leftOut = await buildLods(document, options, async (level) => {
    await encoding;
    const packed = cloneDocument(document);
    if (level.changes.length === 0) orderVertices(packed, MeshoptEncoder);
    await packGeometry(packed, recipe.geometryCompression);
    files.push({
      name: level.name,
      glb: await writeGlb(packed),
      requestedTriangles: level.requestedTriangles,
      triangles: level.triangles,
      errorM: level.errorM,
      errorShare: share(level.errorM, level.diagonalM),
      deviationMaxShare: share(level.deviation.maxM, level.diagonalM),
      deviationRmsShare: share(level.deviation.rmsM, level.diagonalM),
    });
    for (const change of level.changes) changes.push({ ...change, pointer: `/files/${level.name}` });
  });
  return { files, changes: [...(await encoding), ...changes, ...leftOut] };
}
