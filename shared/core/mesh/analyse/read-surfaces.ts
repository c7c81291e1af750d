import type { Document, Material, Mesh, Node, Primitive } from '@gltf-transform/core';
import { listSceneNodes } from '../drawn-nodes.ts';
import { joinTriangles, type TriangleList } from '../join-triangles.ts';
import { readFloats } from '../read-floats.ts';
import { triangleIndices } from '../triangle-indices.ts';
import { worldPositions } from '../world-positions.ts';

/** One primitive’s share of a mesh’s triangles. */
export interface SurfacePart {
  readonly primitive: Primitive;
  readonly material: Material | null;
  readonly firstTriangle: number;
  readonly triangles: number;
  readonly firstVertex: number;
}

/** The triangles of a mesh where its first node shows them, its primitives one after another. */
export interface MeshSurface {
  readonly mesh: Mesh;
  /** JSON pointer of the mesh. */
  readonly pointer: string;
  readonly list: TriangleList;
  readonly parts: readonly SurfacePart[];
}

/** Whether a node turns its mesh inside out: its faces then wind the other way (glTF 2.0 section 3.7.4). */
function mirrors(node: Node): boolean {
  if (node.getSkin()) return false;
  const m = node.getWorldMatrix();
  const minor = (a: number, b: number): number => m[4 + a] * m[8 + b] - m[4 + b] * m[8 + a];
  return m[0] * minor(1, 2) - m[1] * minor(0, 2) + m[2] * minor(0, 1) < 0;
}

/** The same triangles, wound the other way. */
function reversed(indices: Uint32Array): Uint32Array {
  const turned = indices.slice();
  for (let i = 0; i + 2 < turned.length; i += 3) {
    turned[i + 1] = indices[i + 2];
    turned[i + 2] = indices[i + 1];
  }
  return turned;
}

/** Every mesh that the scenes show, in the order of the nodes, each once. */
export function readSurfaces(document: Document): MeshSurface[] {
  const numbers = new Map(
    document
      .getRoot()
      .listMeshes()
      .map((mesh, i) => [mesh, i]),
  );
  const surfaces = new Map<Mesh, MeshSurface>();
  for (const node of listSceneNodes(document)) {
    const mesh = node.getMesh();
    if (!mesh || surfaces.has(mesh)) continue;
    const turned = mirrors(node);
    const parts: SurfacePart[] = [];
    const lists: TriangleList[] = [];
    let firstTriangle = 0;
    let firstVertex = 0;
    for (const primitive of mesh.listPrimitives()) {
      const indices = triangleIndices(primitive);
      const list = { positions: worldPositions(node, primitive), indices: turned ? reversed(indices) : indices };
      const triangles = Math.floor(indices.length / 3);
      parts.push({ primitive, material: primitive.getMaterial(), firstTriangle, triangles, firstVertex });
      lists.push(list);
      firstTriangle += triangles;
      firstVertex += list.positions.length / 3;
    }
    surfaces.set(mesh, { mesh, pointer: `/meshes/${numbers.get(mesh) ?? 0}`, list: joinTriangles(lists), parts });
  }
  return [...surfaces.values()];
}

/** One UV set of a mesh over all its vertices `[vertices × 2]`; not a number where a part lacks the set. */
export function readUv({ list, parts }: MeshSurface, set: number): Float32Array | undefined {
  const uv = new Float32Array((list.positions.length / 3) * 2).fill(Number.NaN);
  let found = false;
  for (const { primitive, firstVertex } of parts) {
    const accessor = primitive.getAttribute(`TEXCOORD_${set}`);
    if (!accessor) continue;
    found = true;
    uv.set(readFloats(accessor), firstVertex * 2);
  }
  return found ? uv : undefined;
}
