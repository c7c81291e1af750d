import type { Document, Mesh, Primitive } from '@gltf-transform/core';
import type { AnalysedMesh } from '../../mesh/analyse/analyse-document.ts';
import { listParts } from '../../render/list-parts.ts';
import type { Marks } from '../marked-finding.ts';

/** Places of a finding in the scene that views show. */
export interface PlacedMarks {
  /** Triangles of the scene, at the first place where a node shows the mesh. */
  readonly triangles: Uint32Array;
  /** Points in world space `[points × 3]`, metres: middles of marked edges, and marked points. */
  readonly points: Float32Array;
}

/** First triangle in the scene of each primitive, where the first node shows its mesh. */
function firstTriangles(document: Document): Map<Primitive, number> {
  const first = new Map<Primitive, number>();
  const shownBy = new Map<Mesh, unknown>();
  let at = 0;
  for (const { node, primitive, indices } of listParts(document)) {
    const mesh = node.getMesh()!;
    if (!shownBy.has(mesh)) shownBy.set(mesh, node);
    if (shownBy.get(mesh) === node && !first.has(primitive)) first.set(primitive, at);
    at += indices.length / 3;
  }
  return first;
}

function placeTriangles({ surface }: AnalysedMesh, marked: Uint32Array, first: Map<Primitive, number>): number[] {
  const placed: number[] = [];
  for (const triangle of marked) {
    const part = surface.parts.find((p) => triangle >= p.firstTriangle && triangle < p.firstTriangle + p.triangles);
    const start = part && first.get(part.primitive);
    if (part && start !== undefined) placed.push(start + triangle - part.firstTriangle);
  }
  return placed;
}

function placePoints({ analysis }: AnalysedMesh, { edges, points }: Marks): number[] {
  const { pointPositions: p, edgePoints } = analysis.topology;
  const placed: number[] = [];
  for (const edge of edges ?? []) {
    const a = edgePoints[edge * 2] * 3;
    const b = edgePoints[edge * 2 + 1] * 3;
    placed.push((p[a] + p[b]) / 2, (p[a + 1] + p[b + 1]) / 2, (p[a + 2] + p[b + 2]) / 2);
  }
  for (const point of points ?? []) placed.push(p[point * 3], p[point * 3 + 1], p[point * 3 + 2]);
  return placed;
}

/** Brings marks, numbered by the analysis of a document, into the scene that `sceneOf` makes of the same document. */
export function placeMarks(document: Document, meshes: readonly AnalysedMesh[], marks: readonly Marks[]): PlacedMarks {
  const first = firstTriangles(document);
  const triangles: number[] = [];
  const points: number[] = [];
  for (const mark of marks) {
    const mesh = meshes[mark.mesh];
    if (!mesh) continue;
    for (const triangle of placeTriangles(mesh, mark.triangles ?? new Uint32Array(0), first)) triangles.push(triangle);
    for (const value of placePoints(mesh, mark)) points.push(value);
  }
  return { triangles: Uint32Array.from(triangles), points: Float32Array.from(points) };
}
