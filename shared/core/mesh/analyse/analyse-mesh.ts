import { buildBvh } from '../bvh/build-bvh.ts';
import type { Bvh } from '../bvh/bvh.ts';
import type { TriangleList } from '../join-triangles.ts';
import { countFans, type Fans } from './count-fans.ts';
import { type DuplicateFaces, findDuplicateFaces } from './duplicate-faces.ts';
import { findFloaters } from './find-floaters.ts';
import { findSelfIntersections, type SelfIntersections } from './find-self-intersections.ts';
import { findTJunctions, type TJunctions } from './find-t-junctions.ts';
import { judgeShells, type Shells } from './judge-shells.ts';
import { type ComponentMeasures, measureComponents } from './measure-components.ts';
import { type FaceMeasures, measureFaces } from './measure-faces.ts';
import { measureBounds } from './measure-placement.ts';
import { measureThickness, type Thickness } from './measure-thickness.ts';
import { orientSheets, type Sheets } from './orient-sheets.ts';
import { buildTopology, edgesWhere, labelComponents, type Topology } from './topology.ts';
import { type Boundary, traceBoundaries } from './trace-boundaries.ts';

/** Everything that can be told of one mesh without its textures. Lists name triangles, edges, points and components. */
export interface MeshAnalysis {
  readonly topology: Topology;
  /** The welded points and their triangles, and a tree of boxes over them: triangles keep their numbers. */
  readonly surface: TriangleList;
  readonly bvh: Bvh;
  readonly diagonalM: number;
  readonly faces: FaceMeasures;
  readonly duplicates: DuplicateFaces;
  readonly openEdges: Uint32Array;
  /** Edges with more than two faces. */
  readonly nonManifoldEdges: Uint32Array;
  readonly fans: Fans;
  readonly sheets: Sheets;
  readonly components: ComponentMeasures;
  readonly floaters: Uint32Array;
  readonly shells: Shells;
  readonly boundaries: Boundary[];
  readonly tJunctions: TJunctions;
  readonly selfIntersections: SelfIntersections;
  readonly thickness: Thickness;
  /** Points − edges + faces. */
  readonly euler: number;
  /** Handles of all sheets together; `null` when the mesh is no surface with two sides. */
  readonly genus: number | null;
  /** No open and no non-manifold edge, and something to hold water with. */
  readonly watertight: boolean;
  /** Edges with exactly two faces, as a share of all: 1 for a closed surface. */
  readonly closedShare: number;
  /** Signed sum over the components, each measured as most of it faces. Nearly right when `closedShare` is near 1. */
  readonly volumeM3: number;
}

/** What the analysis may be told. */
export interface MeshOptions {
  /** Aspect above which a triangle is a sliver. */
  readonly sliverAspect: number;
  readonly thicknessSamples: number;
  /** Shifts the places that are sampled. */
  readonly seed: number;
}

/** Thirty times as long as high: such triangles shade badly and break simplification. */
export const meshOptions: MeshOptions = { sliverAspect: 30, thicknessSamples: 4096, seed: 0 };

/** A point within this share of the diagonal of an edge lies on it. */
const onEdgeShare = 1e-5;

function countUsedPoints({ points, corners, sound }: Topology): number {
  const used = new Uint8Array(points);
  let count = 0;
  for (let c = 0; c < corners.length; c++) {
    if (sound[(c / 3) | 0] === 0 || used[corners[c]] === 1) continue;
    used[corners[c]] = 1;
    count++;
  }
  return count;
}

interface Surface {
  readonly faces: number;
  readonly fans: Fans;
  readonly sheets: Sheets;
  readonly boundaries: readonly Boundary[];
  readonly nonManifold: number;
}

/** Handles by Euler’s formula, with bow ties cut apart: 2 sheets − 2 genus − rims = fans − edges + faces. */
function countHandles(topology: Topology, { faces, fans, sheets, boundaries, nonManifold }: Surface): number | null {
  if (nonManifold > 0 || sheets.orientable.some((sides) => sides === 0) || boundaries.some(({ closed }) => !closed)) {
    return null;
  }
  return (2 * sheets.count - boundaries.length - (fans.count - topology.edges + faces)) / 2;
}

/**
 * Analyses the shape of a triangle list: positions in metres `[vertices × 3]`, welded by position first. Deterministic;
 * nothing is mutated. About 0.3 s for 100,000 triangles, 1.7 s for a million.
 */
export function analyseMesh(list: TriangleList, options: MeshOptions = meshOptions): MeshAnalysis {
  const topology = buildTopology(list);
  const surface: TriangleList = { positions: topology.pointPositions, indices: topology.corners };
  const bvh = buildBvh(surface);
  const { diagonalM } = measureBounds(bvh);
  const faces = measureFaces(topology, options.sliverAspect);
  const sheets = orientSheets(topology, faces.areaM2);
  const components = measureComponents(topology, labelComponents(topology), faces, sheets);
  const shells = judgeShells(topology, components, bvh);
  const selfIntersections = findSelfIntersections(topology, bvh);
  const fans = countFans(topology);
  const boundaries = traceBoundaries(topology);
  const openEdges = edgesWhere(topology, (count) => count === 1);
  const nonManifoldEdges = edgesWhere(topology, (count) => count > 2);
  const sound = topology.sound.reduce((sum, one) => sum + one, 0);
  const wrong = openEdges.length + nonManifoldEdges.length;
  return {
    topology,
    surface,
    bvh,
    diagonalM,
    faces,
    duplicates: findDuplicateFaces(topology),
    openEdges,
    nonManifoldEdges,
    fans,
    sheets,
    components,
    floaters: findFloaters(topology, components, bvh, diagonalM, shells.enclosed, selfIntersections.pairs),
    shells,
    boundaries,
    tJunctions: findTJunctions(topology, diagonalM * onEdgeShare),
    selfIntersections,
    thickness: measureThickness(surface, bvh, sheets.flipped, {
      samples: options.thicknessSamples,
      seed: options.seed,
      diagonalM,
    }),
    euler: countUsedPoints(topology) - topology.edges + sound,
    genus: countHandles(topology, { faces: sound, fans, sheets, boundaries, nonManifold: nonManifoldEdges.length }),
    watertight: sound > 0 && wrong === 0,
    closedShare: topology.edges > 0 ? 1 - wrong / topology.edges : 0,
    volumeM3: components.volumeM3.reduce((sum, volume) => sum + volume, 0),
  };
}
