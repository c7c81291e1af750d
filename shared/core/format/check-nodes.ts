import { AtlasError } from '../../errors.ts';
import type { GltfJson } from './gltf-json.ts';
import type { SourceLimits } from './source-limits.ts';

/** The edge that closes a cycle: climbs parents, of which every node that is left undone has one undone. */
function closingEdge(nodes: NonNullable<GltfJson['nodes']>, undone: (node: number) => boolean): string {
  const parentOf = new Map<number, number>();
  for (const [i, node] of nodes.entries())
    if (undone(i)) for (const child of node.children ?? []) parentOf.set(child, i);
  const seen = new Set<number>();
  let node = nodes.findIndex((_, i) => undone(i));
  while (!seen.has(node)) {
    seen.add(node);
    node = parentOf.get(node) as number;
  }
  const parent = parentOf.get(node) as number;
  return `/nodes/${parent}/children/${nodes[parent]?.children?.indexOf(node)}`;
}

/** Levels of the hierarchy from the roots down (Kahn 1962, no recursion), or the edge that closes a cycle. */
function depthOf(nodes: NonNullable<GltfJson['nodes']>, parents: Uint32Array): { depth: number; cycle?: string } {
  const waiting = Uint32Array.from(parents);
  let level = nodes.flatMap((_, i) => (waiting[i] === 0 ? [i] : []));
  let depth = 0;
  let done = 0;
  while (level.length > 0) {
    depth++;
    done += level.length;
    const next: number[] = [];
    for (const node of level) {
      for (const child of nodes[node]?.children ?? []) {
        waiting[child]! -= 1;
        if (waiting[child] === 0) next.push(child);
      }
    }
    level = next;
  }
  return done === nodes.length ? { depth } : { depth, cycle: closingEdge(nodes, (node) => waiting[node]! > 0) };
}

/**
 * Sees to it that the nodes are a forest of bounded depth (glTF 2.0 section 3.5.2: disjoint strict trees).
 * Indices must have been checked before.
 * @throws scene_cyclic, scene_too_deep, file_malformed
 */
export function checkNodes(json: GltfJson, limits: SourceLimits): void {
  const nodes = json.nodes ?? [];
  const parents = new Uint32Array(nodes.length);
  for (const node of nodes) for (const child of node.children ?? []) parents[child]! += 1;
  const { depth, cycle } = depthOf(nodes, parents);
  if (cycle !== undefined) {
    throw new AtlasError('scene_cyclic', 'A node is its own ancestor.', { pointer: cycle });
  }
  if (depth > limits.nodeDepth) {
    throw new AtlasError('scene_too_deep', `Nodes are nested ${depth} deep; the limit is ${limits.nodeDepth}.`, {
      pointer: '/nodes',
    });
  }
  const shared = parents.findIndex((count) => count > 1);
  if (shared >= 0) {
    throw new AtlasError('file_malformed', `Node ${shared} has ${parents[shared]} parents; one is allowed.`, {
      pointer: `/nodes/${shared}`,
    });
  }
  for (const [s, scene] of (json.scenes ?? []).entries()) {
    const inner = (scene.nodes ?? []).findIndex((node) => parents[node]! > 0);
    if (inner < 0) continue;
    throw new AtlasError('file_malformed', 'A scene lists a node that is the child of another.', {
      pointer: `/scenes/${s}/nodes/${inner}`,
    });
  }
}
