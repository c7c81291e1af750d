import type { Document, Mesh } from '@gltf-transform/core';
import { listSceneNodes } from './drawn-nodes.ts';
import { joinTriangles, type TriangleList } from './join-triangles.ts';
import { nearestDistances } from './nearest-distances.ts';
import { sampleSurface } from './sample-surface.ts';
import { triangleIndices } from './triangle-indices.ts';
import { worldPositions } from './world-positions.ts';

/** All triangles of a document in metres, ready to be measured against another surface. */
export interface Surface {
  readonly triangles: TriangleList;
  /** Points spread evenly over the area `[samples × 3]`. */
  readonly samples: Float32Array;
  /** Diagonal of the bounding box in metres. */
  readonly diagonalM: number;
}

/** How far two surfaces are apart at the sampled points, both ways together. */
export interface SurfaceDistance {
  readonly maxM: number;
  readonly rmsM: number;
}

/** Samples each way: enough for the root mean square to repeat within a few per cent. */
const sampleCount = 2_000;

/** The surface that a document shows; each mesh counts where its first node shows it, skins at rest. */
export function surfaceOf(document: Document): Surface {
  const seen = new Set<Mesh>();
  const parts: TriangleList[] = [];
  for (const node of listSceneNodes(document)) {
    const mesh = node.getMesh();
    if (!mesh || seen.has(mesh)) continue;
    seen.add(mesh);
    for (const primitive of mesh.listPrimitives()) {
      parts.push({ positions: worldPositions(node, primitive), indices: triangleIndices(primitive) });
    }
  }
  const triangles = joinTriangles(parts);
  return { triangles, samples: sampleSurface(triangles, sampleCount), diagonalM: measureDiagonal(triangles) };
}

/** Length of the diagonal of the box around a surface's vertices. */
function measureDiagonal({ positions }: TriangleList): number {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    if (positions[i]! < low[axis]!) low[axis] = positions[i]!;
    if (positions[i]! > high[axis]!) high[axis] = positions[i]!;
  }
  return positions.length > 0 ? Math.hypot(...high.map((value, axis) => value - low[axis]!)) : 0;
}

/**
 * Sampled two-way distance between two surfaces: each one's samples against the other's nearest points (Cignoni,
 * Rocchini & Scopigno 1998, "Metro"). The maximum is a lower bound of the Hausdorff distance. Deterministic.
 */
export function surfaceDistance(a: Surface, b: Surface): SurfaceDistance {
  const there = nearestDistances(a.samples, b.triangles);
  const back = nearestDistances(b.samples, a.triangles);
  let max = 0;
  let squares = 0;
  for (const distances of [there, back]) {
    for (let i = 0; i < distances.length; i++) {
      max = Math.max(max, distances[i]!);
      squares += distances[i]! ** 2;
    }
  }
  const count = there.length + back.length;
  return { maxM: max, rmsM: count > 0 ? Math.sqrt(squares / count) : 0 };
}
