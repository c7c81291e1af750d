import type { Document, Property } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';

const isUnreferenced = (property: Property): boolean =>
  property.listParents().every((parent) => parent.propertyType === 'Root');

/**
 * Drops what nothing in the document refers to: meshes, skins, cameras, materials, textures and accessors. Nodes stay,
 * empty ones too: they may be where a game attaches things. Names, extras and copyright stay. Mutates the document.
 */
export function dropUnreferenced(document: Document): Change[] {
  const root = document.getRoot();
  const counts = new Map<string, number>();
  // Users come before what they use, so that one pass is enough.
  const lists: readonly (readonly [string, () => Property[]])[] = [
    ['meshes', () => root.listMeshes()],
    ['skins', () => root.listSkins()],
    ['cameras', () => root.listCameras()],
    ['materials', () => root.listMaterials()],
    ['textures', () => root.listTextures()],
    ['accessors', () => root.listAccessors()],
  ];
  for (const [name, list] of lists) {
    for (const property of list()) {
      if (!isUnreferenced(property)) continue;
      property.dispose();
      if (name !== 'accessors') counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts].map(([name, count]) => ({
    code: `unreferenced_${name}_dropped`,
    message: `Dropped ${name} that nothing refers to.`,
    count,
  }));
}
