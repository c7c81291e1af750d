import type { Document } from '@gltf-transform/core';
import { type Decimated, type DecimateOptions, decimate } from './decimate.ts';
import { type SurfaceDistance, surfaceDistance, surfaceOf } from './surface-distance.ts';

/** One level of detail, with what it cost in shape against the undecimated source. */
export interface Lod extends Decimated {
  readonly name: string;
  readonly requestedTriangles: number;
  readonly deviation: SurfaceDistance;
  /** Diagonal of the source's bounding box. */
  readonly diagonalM: number;
}

export interface LodOptions extends DecimateOptions {
  /** Share of the full-detail model's triangles for each further level, falling. */
  readonly lods: readonly number[];
}

/**
 * Decimates a document to its budget and on to each level of detail, each from the one before, and hands every level to
 * `write` while the document holds it. All levels share materials and textures. Errors of a level add up along the
 * chain; the deviation is measured against the source itself. Mutates the document.
 * @throws budget_unreachable
 */
export async function buildLods(
  document: Document,
  { lods, ...options }: LodOptions,
  write: (level: Lod) => Promise<void>,
): Promise<void> {
  const source = surfaceOf(document);
  let errorM = 0;
  let full = options.triangles;
  for (let level = 0; level <= lods.length; level++) {
    const requestedTriangles = level === 0 ? options.triangles : Math.round(full * lods[level - 1]!);
    const { triangles, changes, ...decimated } = decimate(document, { ...options, triangles: requestedTriangles });
    if (level === 0) full = triangles;
    errorM += decimated.errorM;
    const deviation = errorM > 0 ? surfaceDistance(source, surfaceOf(document)) : { maxM: 0, rmsM: 0 };
    const name = level === 0 ? 'model' : `lod${level}`;
    await write({ name, requestedTriangles, triangles, errorM, changes, deviation, diagonalM: source.diagonalM });
  }
}
