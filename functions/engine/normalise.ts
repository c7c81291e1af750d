import type { Document } from '@gltf-transform/core';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { readSource } from '../../shared/core/format/read-source.ts';
import { dequantizeAttributes } from '../../shared/core/mesh/dequantize-attributes.ts';
import { dropUnreferenced } from '../../shared/core/mesh/drop-unreferenced.ts';
import { generateNormals } from '../../shared/core/mesh/generate-normals.ts';
import { moveEmissive } from '../../shared/core/mesh/move-emissive.ts';
import { repairAttributes } from '../../shared/core/mesh/repair-attributes.ts';
import { repairMaterials } from '../../shared/core/mesh/repair-materials.ts';
import { repairNormals } from '../../shared/core/mesh/repair-normals.ts';
import { repairSkins } from '../../shared/core/mesh/repair-skins.ts';
import { separateVertices } from '../../shared/core/mesh/separate-vertices.ts';
import { setMetallic } from '../../shared/core/mesh/set-metallic.ts';
import { unrollPrimitives } from '../../shared/core/mesh/unroll-primitives.ts';
import { useOneBuffer } from '../../shared/core/mesh/use-one-buffer.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import { checkPixels } from '../../shared/core/texture/check-pixels.ts';
import type { AssetStats, Change, DispatchRecipe } from '../../shared/schema/index.ts';

async function checkImages(document: Document): Promise<void> {
  if (document.getRoot().listTextures().length === 0) return;
  const { sharp } = await import('./images.ts');
  await checkPixels(document, sharp);
}

/**
 * Reads a raw file of any kind that we take, sets right what generators leave wrong, and writes it as a plain GLB: float
 * geometry, triangle lists, everything embedded. What was changed or noticed is reported. Same input, same bytes.
 * @throws AtlasError
 */
export async function normalise(input: {
  bytes: Uint8Array;
  filename?: string;
  recipe: DispatchRecipe;
}): Promise<{ glb: Uint8Array<ArrayBuffer>; format: string; stats: AssetStats; changes: Change[] }> {
  const { recipe } = input;
  const { document, format, changes, omitted } = await readSource(input.bytes, { filename: input.filename });
  // Images are decoded on another thread while this one works on the geometry.
  const pixels = checkImages(document);
  pixels.catch(() => undefined);
  changes.push(...unrollPrimitives(document));
  dequantizeAttributes(document);
  useOneBuffer(document);
  separateVertices(document);
  changes.push(...repairAttributes(document), ...repairNormals(document), ...repairSkins(document));
  if (recipe.generateNormals) changes.push(...generateNormals(document));
  if (recipe.fixMetallic) changes.push(...setMetallic(document, omitted));
  if (recipe.colourFromEmissive) changes.push(...moveEmissive(document));
  changes.push(...repairMaterials(document), ...dropUnreferenced(document));
  await pixels;
  const glb = await writeGlb(document);
  return { glb, format, stats: measureAsset(document, glb.byteLength), changes };
}
