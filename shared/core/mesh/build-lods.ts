import type { Document } from '@gltf-transform/core';
import { AtlasError } from '../../errors.ts';
import type { Change } from '../../schema/index.ts';
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

/** Decimates, or says that the budget is too small for this model. */
function tryDecimate(document: Document, options: DecimateOptions): Decimated | AtlasError {
  try {
    return decimate(document, options);
  } catch (error) {
    if (error instanceof AtlasError && error.code === 'budget_unreachable') return error;
    throw error;
  }
}

/**
 * Decimates a document to its budget and on to each level of detail, each from the one before, and hands every level to
 * `write` while the document holds it. All levels share materials and textures. Errors of a level add up along the
 * chain; the deviation is measured against the source itself. The chain ends before a level that would not be lighter
 * than the one before it, such as half a cube; that is returned as a change. Mutates the document.
 * @throws budget_unreachable when the full-detail model cannot be reduced to the budget
 */
export async function buildLods(
  document: Document,
  { lods, ...options }: LodOptions,
  write: (level: Lod) => Promise<void>,
): Promise<Change[]> {
  const source = surfaceOf(document);
  let errorM = 0;
  let full = options.triangles;
  let before = Infinity;
  for (let level = 0; level <= lods.length; level++) {
    const requestedTriangles = level === 0 ? options.triangles : Math.round(full * (lods[level - 1] as number));
    const result = tryDecimate(document, { ...options, triangles: requestedTriangles });
    if (result instanceof AtlasError && level === 0) throw result;
    if (result instanceof AtlasError || result.triangles >= before) {
      const message = `Left out the levels of detail from lod${level} on: the model cannot be reduced further.`;
      return [{ code: 'lods_left_out', message, count: lods.length + 1 - level }];
    }
    const { triangles, changes, ...decimated } = result;
    if (level === 0) full = triangles;
    before = triangles;
    errorM += decimated.errorM;
    const deviation = errorM > 0 ? surfaceDistance(source, surfaceOf(document)) : { maxM: 0, rmsM: 0 };
    const name = level === 0 ? 'model' : `lod${level}`;
    await write({ name, requestedTriangles, triangles, errorM, changes, deviation, diagonalM: source.diagonalM });
  }
  return [];
}
