import type { Document, Mesh, Node } from '@gltf-transform/core';
import type { AssetStats } from '../../schema/index.ts';
import { imageSize } from '../format/image-size.ts';
import { buildTopology, edgesWhere, labelComponents } from '../mesh/analyse/topology.ts';
import { countInstances, listSceneNodes } from '../mesh/drawn-nodes.ts';
import { joinTriangles } from '../mesh/join-triangles.ts';
import { readFloats } from '../mesh/read-floats.ts';
import { countTriangles, triangleIndices } from '../mesh/triangle-indices.ts';
import { worldPositions } from '../mesh/world-positions.ts';
import { measureGpuMemory } from '../texture/measure-gpu-memory.ts';

type Bounds = Pick<AssetStats, 'boundsMin' | 'boundsMax'>;
type Defects = Pick<AssetStats, 'openEdges' | 'nonManifoldEdges' | 'components'>;

/** The largest of any number of counts; arguments of a call are limited to some ten thousand. */
const largest = (counts: readonly number[]): number => counts.reduce((most, count) => Math.max(most, count), 0);

/** Bytes on the GPU with all mip levels: KTX2 stays packed in blocks there, everything else is unpacked. */
function gpuBytes(image: Uint8Array | null): number {
  const header = image && imageSize(image);
  if (!header || header.width === 0 || header.height === 0) return 0;
  return measureGpuMemory(header.width, header.height, header.mimeType === 'image/ktx2' ? 'bc7' : 'rgba8');
}

function measureTextures(
  document: Document,
): Pick<AssetStats, 'textures' | 'textureSizePx' | 'textureMemoryBytes' | 'imageTypes'> {
  const textures = document.getRoot().listTextures();
  const sizes = textures.map((texture) => {
    const image = texture.getImage();
    const header = image && imageSize(image);
    return header ? ([header.width, header.height] as const) : ([0, 0] as const);
  });
  return {
    textures: textures.length,
    textureSizePx: largest(sizes.flat()),
    textureMemoryBytes: textures.reduce((sum, texture) => sum + gpuBytes(texture.getImage()), 0),
    imageTypes: [...new Set(textures.map((texture) => texture.getMimeType()))].sort(),
  };
}

/** Bounds of everything that the scenes show. Corners that are not finite are left out. */
function measureBounds(nodes: Node[]): Bounds {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const node of nodes) {
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      const positions = worldPositions(node, primitive);
      for (let i = 0; i < positions.length; i++) {
        const value = positions[i] as number;
        const axis = i % 3;
        if (value < min[axis]! && value !== -Infinity) min[axis] = value;
        if (value > max[axis]! && value !== Infinity) max[axis] = value;
      }
    }
  }
  const empty = min.some((value) => value === Infinity) || max.some((value) => value === -Infinity);
  return empty ? { boundsMin: [0, 0, 0], boundsMax: [0, 0, 0] } : { boundsMin: min, boundsMax: max };
}

/** Defects of each mesh with its primitives joined, so that pieces of different material meet. */
function measureDefects(meshes: Mesh[]): Defects {
  const total = { openEdges: 0, nonManifoldEdges: 0, components: 0 };
  for (const mesh of meshes) {
    const parts = mesh.listPrimitives().flatMap((primitive) => {
      const position = primitive.getAttribute('POSITION');
      return position ? [{ positions: readFloats(position), indices: triangleIndices(primitive) }] : [];
    });
    const topology = buildTopology(joinTriangles(parts));
    total.openEdges += edgesWhere(topology, (faces) => faces === 1).length;
    total.nonManifoldEdges += edgesWhere(topology, (faces) => faces > 2).length;
    total.components += labelComponents(topology).count;
  }
  return total;
}

/**
 * Counts and measures what a document holds. Triangles and draw calls are those that the scenes draw; vertices are
 * those stored; open edges, non-manifold edges and components are counted once a mesh, however often it is drawn.
 * `sizeBytes` is the size of the file that the document was read from. About 0.15 s for 400,000 triangles.
 */
export function measureAsset(document: Document, sizeBytes: number): AssetStats {
  const root = document.getRoot();
  const meshes = root.listMeshes();
  const nodes = listSceneNodes(document).filter((node) => node.getMesh() !== null);
  const primitives = meshes.flatMap((mesh) => mesh.listPrimitives());
  const perMesh = new Map(
    meshes.map((mesh) => [mesh, mesh.listPrimitives().reduce((sum, part) => sum + countTriangles(part), 0)]),
  );
  const positions = new Set(primitives.flatMap((primitive) => primitive.getAttribute('POSITION') ?? []));
  const attributes = new Set(primitives.flatMap((primitive) => primitive.listSemantics()));
  const uvSets = primitives.map(
    (primitive) => primitive.listSemantics().filter((name) => name.startsWith('TEXCOORD_')).length,
  );
  return {
    sizeBytes,
    triangles: nodes.reduce((sum, node) => sum + (perMesh.get(node.getMesh()!) ?? 0) * countInstances(node), 0),
    trianglesPerMesh: largest([...perMesh.values()]),
    vertices: [...positions].reduce((sum, accessor) => sum + accessor.getCount(), 0),
    meshes: meshes.length,
    nodes: root.listNodes().length,
    drawCalls: nodes.reduce((sum, node) => sum + node.getMesh()!.listPrimitives().length, 0),
    materials: root.listMaterials().length,
    ...measureTextures(document),
    uvSets: largest(uvSets),
    jointsPerSkin: largest(root.listSkins().map((skin) => skin.listJoints().length)),
    animations: root.listAnimations().length,
    ...measureDefects(meshes),
    ...measureBounds(nodes),
    attributes: [...attributes].sort(),
    extensions: root
      .listExtensionsUsed()
      .map((extension) => extension.extensionName)
      .sort(),
  };
}
