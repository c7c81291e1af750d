import type { Document, Material } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';

/** Factors that the source file did not state: they are 1 only by glTF’s default. */
export interface UnstatedFactors {
  readonly metallic: ReadonlySet<Material>;
  readonly roughness: ReadonlySet<Material>;
}

/** Materials whose look does not come from metallic and roughness. */
const otherModels = ['KHR_materials_unlit', 'KHR_materials_pbrSpecularGlossiness'];

function giveMaterial(document: Document): number {
  const bare = document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives())
    .filter((primitive) => primitive.getMaterial() === null);
  if (bare.length === 0) return 0;
  const material = document.createMaterial('default').setMetallicFactor(0).setRoughnessFactor(1);
  for (const primitive of bare) primitive.setMaterial(material);
  return bare.length;
}

/**
 * Sets materials right that are metal only because nobody said otherwise: without a metallic-roughness texture and
 * without a stated factor, glTF’s default of 1 makes them dark mirrors. Metallic becomes 0, and roughness 1 where it was
 * not stated either. Parts without any material get such a one. A stated 1 is kept and reported. Mutates the document.
 */
export function setMetallic(document: Document, unstated: UnstatedFactors): Change[] {
  const changes: Change[] = [];
  for (const [i, material] of document.getRoot().listMaterials().entries()) {
    if (material.getMetallicRoughnessTexture() || material.getMetallicFactor() !== 1) continue;
    if (otherModels.some((name) => material.getExtension(name))) continue;
    const pointer = `/materials/${i}/pbrMetallicRoughness/metallicFactor`;
    if (!unstated.metallic.has(material)) {
      const message = 'The material states that it is all metal, without a texture; it was kept so.';
      changes.push({ code: 'metallic_stated', message, pointer });
      continue;
    }
    material.setMetallicFactor(0);
    if (unstated.roughness.has(material)) material.setRoughnessFactor(1);
    const message = 'Metallic was 1 only by omission; it was set to 0.';
    changes.push({ code: 'metallic_by_omission', message, pointer });
  }
  const given = giveMaterial(document);
  if (given > 0) {
    const message = 'Parts without a material, which glTF draws as metal, got a plain one.';
    changes.push({ code: 'material_added', message, count: given });
  }
  return changes;
}
