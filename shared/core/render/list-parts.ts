import type { Document, Node, Primitive } from '@gltf-transform/core';
import { listSceneNodes } from '../mesh/drawn-nodes.ts';
import { triangleIndices } from '../mesh/triangle-indices.ts';
import { type Matrix, nodePlacements } from './place-vertices.ts';

/** One primitive at one place. */
export interface Part {
  readonly node: Node;
  readonly primitive: Primitive;
  readonly matrix: Matrix;
  readonly indices: Uint32Array;
  readonly vertices: number;
  readonly material: number;
}

/** Everything that the scenes show, in the order in which `sceneOf` puts its triangles. */
export function listParts(document: Document): Part[] {
  const materials = document.getRoot().listMaterials();
  return listSceneNodes(document).flatMap((node) =>
    (node.getMesh()?.listPrimitives() ?? []).flatMap((primitive) => {
      const indices = triangleIndices(primitive);
      const material = primitive.getMaterial();
      const number = material ? materials.indexOf(material) + 1 : 0;
      const vertices = primitive.getAttribute('POSITION')?.getCount() ?? 0;
      if (indices.length === 0 || vertices === 0) return [];
      return nodePlacements(node).map((matrix) => ({ node, primitive, matrix, indices, vertices, material: number }));
    }),
  );
}
