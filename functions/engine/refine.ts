import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import type { Change, RefineRecipe } from '../../shared/schema/index.ts';
export async function refine(input: { glb: Uint8Array; recipe: RefineRecipe; imageTypes: readonly string[] }): Promise<{ glb: Uint8Array; changes: Change[] }> {
  return { glb: await writeGlb(await readGlb(input.glb)), changes: [] };
}
