import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { countDuplicates } from '../../shared/core/mesh/count-duplicates.ts';
import { dropDegenerate } from '../../shared/core/mesh/drop-degenerate.ts';
import { dropRepeats } from '../../shared/core/mesh/drop-repeats.ts';
import { dropUnreferenced } from '../../shared/core/mesh/drop-unreferenced.ts';
import { weld } from '../../shared/core/mesh/weld.ts';
import { fitTextures } from '../../shared/core/texture/fit-textures.ts';
import type { Change, RefineRecipe } from '../../shared/schema/index.ts';

/**
 * Cleans a normalised GLB for one target: drops triangles without area and repeated ones, merges equal vertices, fits the textures, and
 * drops what nothing refers to. Shape and look stay. Same input, same bytes.
 * @throws image_malformed, extension_unsupported
 */
export async function refine(input: {
  glb: Uint8Array;
  recipe: RefineRecipe;
  imageTypes: readonly string[];
}): Promise<{ glb: Uint8Array<ArrayBuffer>; changes: Change[] }> {
  const { recipe, imageTypes } = input;
  const document = await readGlb(input.glb);
  const changes = [
    ...dropDegenerate(document),
    ...weld(document, { merge: recipe.weld }),
    ...dropRepeats(document),
    ...countDuplicates(document),
  ];
  changes.push(...dropUnreferenced(document));
  if (document.getRoot().listTextures().length > 0) {
    const { sharp } = await import('./images.ts');
    changes.push(...(await fitTextures(document, { sizePx: recipe.textureSizePx, allowedTypes: imageTypes, sharp })));
  }
  return { glb: await writeGlb(document), changes };
}
