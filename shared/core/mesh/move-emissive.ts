import type { Document, Material, Texture, TextureInfo } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';

/** A base colour that says nothing of its own: black under an emissive image, or glTF’s white. */
function saysNothing([red, green, blue]: readonly number[]): boolean {
  return red === green && green === blue && (red === 0 || red === 1);
}

function copyInfo(from: TextureInfo | null, to: TextureInfo | null): void {
  if (!from || !to) return;
  to.setTexCoord(from.getTexCoord())
    .setMagFilter(from.getMagFilter())
    .setMinFilter(from.getMinFilter())
    .setWrapS(from.getWrapS())
    .setWrapT(from.getWrapT());
  const transform = from.getExtension('KHR_texture_transform');
  if (transform) to.setExtension('KHR_texture_transform', transform as never);
}

function sameImage(one: Texture, other: Texture): boolean {
  if (one === other) return true;
  const [a, b] = [one.getImage(), other.getImage()];
  return a !== null && b !== null && a.byteLength === b.byteLength && Buffer.compare(a, b) === 0;
}

const clearEmissive = (material: Material): Material =>
  material.setEmissiveTexture(null).setEmissiveFactor([0, 0, 0]).setExtension('KHR_materials_emissive_strength', null);

/** Materials of parts that bring their own vertex colours: there the emissive image is light, not the colour. */
function colouredByVertex(document: Document): Set<Material | null> {
  const primitives = document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives());
  return new Set(
    primitives
      .filter((primitive) => primitive.getAttribute('COLOR_0') !== null)
      .map((primitive) => primitive.getMaterial()),
  );
}

/**
 * Puts a surface’s colour where engines light it. An emissive image on a material whose base colour says nothing is moved
 * to the base colour (as "shaded" exports of generators need); one that repeats the base colour image is removed, as it
 * would light the surface twice. Other emissive images stay. Mutates the document.
 */
export function moveEmissive(document: Document): Change[] {
  const changes: Change[] = [];
  const coloured = colouredByVertex(document);
  for (const [i, material] of document.getRoot().listMaterials().entries()) {
    const emissive = material.getEmissiveTexture();
    if (!emissive || material.getEmissiveFactor().every((factor) => factor === 0)) continue;
    const base = material.getBaseColorTexture();
    const pointer = `/materials/${i}/emissiveTexture`;
    if (base) {
      if (!sameImage(base, emissive)) continue;
      clearEmissive(material);
      const message = 'The emissive image repeated the base colour; it was removed.';
      changes.push({ code: 'emissive_duplicate_removed', message, pointer });
    } else if (saysNothing(material.getBaseColorFactor()) && !coloured.has(material)) {
      const opaque = material.getAlphaMode() === 'OPAQUE';
      const alpha = opaque ? 1 : material.getBaseColorFactor()[3];
      material.setBaseColorTexture(emissive).setBaseColorFactor([1, 1, 1, alpha]);
      copyInfo(material.getEmissiveTextureInfo(), material.getBaseColorTextureInfo());
      clearEmissive(material);
      const message = 'The colour stood only in the emissive image; it was moved to the base colour.';
      changes.push({ code: 'colour_from_emissive', message, pointer });
    }
  }
  return changes;
}
