import type { Document, Node } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';

/** Every node that some scene shows, parents first, each once. */
export function listSceneNodes(document: Document): Node[] {
  const seen = new Set<Node>();
  for (const scene of document.getRoot().listScenes()) scene.traverse((node) => void seen.add(node));
  return [...seen];
}

/** How often a node draws its mesh: once, or once for each instance of EXT_mesh_gpu_instancing. */
export function countInstances(node: Node): number {
  const batch = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
  return batch ? Math.max(0, ...batch.listAttributes().map((attribute) => attribute.getCount())) : 1;
}
