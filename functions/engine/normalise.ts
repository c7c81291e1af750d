import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import type { AssetStats, Change, DispatchRecipe } from '../../shared/schema/index.ts';

export async function normalise(input: { bytes: Uint8Array; filename?: string; recipe: DispatchRecipe }): Promise<{ glb: Uint8Array; format: string; stats: AssetStats; changes: Change[] }> {
  const document = await readGlb(input.bytes);
  const glb = await writeGlb(document);
  return { glb, format: 'glb', stats: measureAsset(document, input.bytes.byteLength), changes: [] };
}
