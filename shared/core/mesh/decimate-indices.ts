import type { MeshoptSimplifier, SimplifierFlags } from 'meshoptimizer';
import type { WeighedAttributes } from './decimate-attributes.ts';
import { lock } from './decimate-locks.ts';

export interface DecimateInput {
  readonly positions: Float32Array;
  readonly indices: Uint32Array;
  readonly attributes: WeighedAttributes;
  readonly locks: Uint8Array;
  /** Triangles to reach. */
  readonly target: number;
}

/** What had to be given up to reach the target, from nothing to everything but the surface itself. */
export type Relaxation = 'none' | 'uv_seams' | 'borders' | 'attributes';

export interface DecimatedIndices {
  readonly indices: Uint32Array;
  /** Simplifier error in the units of the positions. */
  readonly error: number;
  readonly relaxation: Relaxation;
}

/** How near to the target a result must come from below. */
const reachedShare = 0.99;
/** How often a result that fell short of the target is asked for again. */
const rounds = 8;

/**
 * The attempts in order, each with the error, as a share of the mesh's extent, at which it is given up. Measured on
 * generator output with many small UV charts (12 triangles each): keeping the seams reaches a quarter to a third of the
 * triangles under 2 %; past that it ruins the outline (5–60 %) where crossing a few seams costs 1–4 %.
 */
const attempts: readonly { readonly relaxation: Relaxation; readonly errorLimit: number }[] = [
  { relaxation: 'none', errorLimit: 0.02 },
  { relaxation: 'uv_seams', errorLimit: 0.1 },
  { relaxation: 'borders', errorLimit: 0.2 },
  { relaxation: 'attributes', errorLimit: 1e6 },
];

function keptLocks(locks: Uint8Array, relaxation: Relaxation): Uint8Array | null {
  const mask = relaxation === 'none' ? lock.fixed | lock.seam : relaxation === 'uv_seams' ? lock.fixed : 0;
  if (!locks.some((value) => (value & mask) !== 0)) return null;
  return locks.map((value) => value & mask);
}

/** False for a step that would repeat the one before it: there is nothing of its kind to give up. */
function relaxes(input: DecimateInput, relaxation: Relaxation): boolean {
  if (relaxation === 'uv_seams') return input.locks.some((value) => (value & lock.seam) !== 0);
  if (relaxation === 'borders') return input.locks.some((value) => (value & lock.fixed) !== 0);
  return true;
}

/**
 * Reduces a triangle list to a target count, keeping the vertices: the result indexes the same attributes.
 *
 * Quadric edge collapse with attributes (Garland & Heckbert 1998; Hoppe 1999) by meshoptimizer. It is asked first to keep
 * UV seams and borders; what cannot reach the target so is asked again with less to keep. A result more than 1 % under
 * the target (pruned pieces, coarse collapses) is asked for more until it fits. Never more than the target, unless the
 * surface cannot be reduced that far: then the smallest result that was found.
 */
export function decimateIndices(input: DecimateInput, simplifier: typeof MeshoptSimplifier): DecimatedIndices {
  const wanted = input.target * 3;
  const scale = simplifier.getScale(input.positions, 3);
  let best: DecimatedIndices | undefined;
  for (const { relaxation, errorLimit } of attempts) {
    if (!relaxes(input, relaxation)) continue;
    for (const prune of [true, false]) {
      // What asking for `short` gave was too little, what asking for `over` gave too much: the next try is between.
      let [short, over] = [wanted, input.indices.length];
      for (let round = 0, corners = wanted; round < rounds && short <= corners && corners <= over; round++) {
        const [indices, error] = simplify(input, simplifier, { corners, relaxation, errorLimit, prune });
        const found: DecimatedIndices = { indices, error: error * scale, relaxation };
        if (best === undefined || isBetter(found, best, wanted)) best = found;
        if (best.indices.length <= wanted && best.indices.length >= wanted * reachedShare) return best;
        if (indices.length > wanted) over = corners - 3;
        else short = corners + 3;
        const missing = wanted - indices.length;
        corners = missing > 0 ? Math.min(corners + missing, over) : short + Math.floor((over - short) / 6) * 3;
      }
    }
  }
  return best as DecimatedIndices;
}

/** Nearer to the target from below; failing that, nearer from above. */
function isBetter(found: DecimatedIndices, best: DecimatedIndices, wanted: number): boolean {
  const over = best.indices.length > wanted;
  if (found.indices.length > wanted) return over && found.indices.length < best.indices.length;
  return over || found.indices.length > best.indices.length;
}

interface SimplifyRequest {
  readonly corners: number;
  readonly relaxation: Relaxation;
  readonly errorLimit: number;
  readonly prune: boolean;
}

function simplify(
  { positions, indices, attributes, locks }: DecimateInput,
  simplifier: typeof MeshoptSimplifier,
  { corners, relaxation, errorLimit, prune }: SimplifyRequest,
): [Uint32Array, number] {
  const flags: SimplifierFlags[] = prune ? ['Permissive', 'Prune'] : ['Permissive'];
  const bare = relaxation === 'attributes' || attributes.weights.length === 0;
  const { values, weights } = bare ? { values: new Float32Array(positions.length / 3), weights: [0] } : attributes;
  const kept = keptLocks(locks, relaxation);
  return simplifier.simplifyWithAttributes(
    indices,
    positions,
    3,
    values,
    weights.length,
    weights,
    kept,
    corners,
    errorLimit,
    flags,
  );
}
