import type { Document, Material } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';

const inUnit = (value: number): number => Math.min(Math.max(value, 0), 1);

/** Brings the factors of a material into 0–1, where glTF 2.0 section 5.19 wants them. @returns true when one was outside */
function clampFactors(material: Material): boolean {
  const before = [
    ...material.getBaseColorFactor(),
    ...material.getEmissiveFactor(),
    material.getMetallicFactor(),
    material.getRoughnessFactor(),
    material.getOcclusionStrength(),
  ];
  const after = before.map(inUnit);
  const [r, g, b, a, er, eg, eb, metallic, roughness, occlusion] = after as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (before.every((value, i) => value === after[i])) return false;
  material
    .setBaseColorFactor([r, g, b, a])
    .setEmissiveFactor([er, eg, eb])
    .setMetallicFactor(metallic)
    .setRoughnessFactor(roughness)
    .setOcclusionStrength(occlusion);
  return true;
}

/**
 * Sets right what the validator reports about materials: factors outside 0–1, and an alpha cutoff on a material that is
 * not masked. Mutates the document.
 */
export function repairMaterials(document: Document): Change[] {
  const changes: Change[] = [];
  for (const [i, material] of document.getRoot().listMaterials().entries()) {
    if (clampFactors(material)) {
      const message = 'Factors outside 0–1 were clamped.';
      changes.push({ code: 'factors_clamped', message, pointer: `/materials/${i}` });
    }
    if (material.getAlphaMode() !== 'MASK' && material.getAlphaCutoff() !== 0.5) {
      material.setAlphaCutoff(0.5);
      const message = 'Took out an alpha cutoff: the material is not masked.';
      changes.push({ code: 'alpha_cutoff_removed', message, pointer: `/materials/${i}/alphaCutoff` });
    }
  }
  return changes;
}
