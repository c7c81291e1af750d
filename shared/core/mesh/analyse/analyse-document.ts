import type { Document } from '@gltf-transform/core';
import { imageSize } from '../../format/image-size.ts';
import { buildBvh } from '../bvh/build-bvh.ts';
import { listSceneNodes } from '../drawn-nodes.ts';
import { joinTriangles, type TriangleList } from '../join-triangles.ts';
import { triangleIndices } from '../triangle-indices.ts';
import { worldPositions } from '../world-positions.ts';
import { analyseMesh, type MeshAnalysis, type MeshOptions, meshOptions } from './analyse-mesh.ts';
import { analyseUv, type UvAnalysis } from './analyse-uv.ts';
import { measureFaces } from './measure-faces.ts';
import { measurePlacement, type Placement } from './measure-placement.ts';
import { type MeshSurface, readSurfaces, readUv, type SurfacePart } from './read-surfaces.ts';
import { buildTopology } from './topology.ts';

/** A UV set over the triangles of one material. */
export interface UvSetAnalysis {
  readonly set: number;
  /** JSON pointer of the material, or undefined for the default one. */
  readonly material: string | undefined;
  /** Triangle of the analysis → triangle of the mesh. */
  readonly triangles: Uint32Array;
  readonly analysis: UvAnalysis;
}

/** A mesh with its analysis. */
export interface AnalysedMesh {
  readonly surface: MeshSurface;
  readonly analysis: MeshAnalysis;
  readonly uvSets: readonly UvSetAnalysis[];
}

/** All that is shown, mesh by mesh, and how the whole is placed. */
export interface DocumentAnalysis {
  readonly meshes: readonly AnalysedMesh[];
  /** `undefined` when nothing is shown. */
  readonly placement: Placement | undefined;
}

export interface DocumentOptions extends MeshOptions {
  /** Side of the square into which UV sets are drawn. */
  readonly rasterPx: number;
}

/** A thousand texels tell overlaps and gutters of a 2k texture within two of its texels. */
export const documentOptions: DocumentOptions = { ...meshOptions, rasterPx: 1024 };

/** Everything that the scenes show, each mesh as often as nodes show it. */
function everything(document: Document): TriangleList {
  return joinTriangles(
    listSceneNodes(document).flatMap((node) =>
      (node.getMesh()?.listPrimitives() ?? []).map((primitive) => ({
        positions: worldPositions(node, primitive),
        indices: triangleIndices(primitive),
      })),
    ),
  );
}

function textureSize({ material }: SurfacePart, fallback: number): readonly [number, number] {
  const textures = [material?.getBaseColorTexture(), material?.getEmissiveTexture(), material?.getNormalTexture()];
  const image = textures.find((texture) => texture)?.getImage();
  const header = image ? imageSize(image) : undefined;
  return header ? [header.width, header.height] : [fallback, fallback];
}

/** The parts of a mesh by material: only triangles that share a texture can overlap in it. */
function groupParts({ parts }: MeshSurface): SurfacePart[][] {
  const groups = new Map<unknown, SurfacePart[]>();
  for (const part of parts) groups.set(part.material, [...(groups.get(part.material) ?? []), part]);
  return [...groups.values()];
}

function analyseGroup(
  surface: MeshSurface,
  mesh: MeshAnalysis,
  group: readonly SurfacePart[],
  uv: Float32Array,
  options: DocumentOptions,
): Omit<UvSetAnalysis, 'set' | 'material'> {
  const whole = group.length === surface.parts.length;
  const triangles = Uint32Array.from(
    group.flatMap(({ firstTriangle, triangles: count }) => Array.from({ length: count }, (_, i) => firstTriangle + i)),
  );
  const { positions, indices: all } = surface.list;
  const indices = whole
    ? all
    : Uint32Array.from({ length: triangles.length * 3 }, (_, i) => all[triangles[(i / 3) | 0] * 3 + (i % 3)]);
  const topology = whole ? mesh.topology : buildTopology({ positions, indices });
  const faces = whole ? mesh.faces : measureFaces(topology, options.sliverAspect);
  const textureSizePx = textureSize(group[0], options.rasterPx);
  return {
    triangles,
    analysis: analyseUv(topology, faces, indices, uv, { rasterPx: options.rasterPx, textureSizePx }),
  };
}

function analyseUvSets(
  document: Document,
  surface: MeshSurface,
  mesh: MeshAnalysis,
  options: DocumentOptions,
): UvSetAnalysis[] {
  const materials = document.getRoot().listMaterials();
  const found: UvSetAnalysis[] = [];
  for (let set = 0; ; set++) {
    const uv = readUv(surface, set);
    if (uv === undefined) return found;
    for (const group of groupParts(surface)) {
      if (!group.every(({ primitive }) => primitive.getAttribute(`TEXCOORD_${set}`))) continue;
      const { material } = group[0];
      found.push({
        set,
        material: material ? `/materials/${materials.indexOf(material)}` : undefined,
        ...analyseGroup(surface, mesh, group, uv, options),
      });
    }
  }
}

/**
 * Analyses every mesh that the scenes show, once each and where its first node shows it, and the placement of all of
 * them together. Metres, +Y up. Nothing is mutated.
 */
export function analyseDocument(document: Document, options: DocumentOptions = documentOptions): DocumentAnalysis {
  const meshes = readSurfaces(document).map((surface): AnalysedMesh => {
    const analysis = analyseMesh(surface.list, options);
    return { surface, analysis, uvSets: analyseUvSets(document, surface, analysis, options) };
  });
  const shown = listSceneNodes(document).filter((node) => node.getMesh() !== null);
  const [only] = meshes;
  if (!only) return { meshes, placement: undefined };
  if (shown.length === 1) {
    const { surface, bvh } = only.analysis;
    return { meshes, placement: bvh.triangles.length > 0 ? measurePlacement(surface, bvh, options.seed) : undefined };
  }
  const list = everything(document);
  const bvh = buildBvh(list);
  return { meshes, placement: bvh.triangles.length > 0 ? measurePlacement(list, bvh, options.seed) : undefined };
}
