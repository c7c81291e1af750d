/** A map of values in a few numbers. */
export interface PooledMap {
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  /** How many pixels counted. */
  readonly count: number;
}

/**
 * Pools a map `[height × width]` over the pixels whose mask is not 0, or over all. A mean over a whole view is ruled by
 * its background; over the silhouette it speaks of the object. All 0 when nothing counts.
 *
 * @throws RangeError when the mask has another length.
 */
export function poolMap(map: Float32Array, mask?: Uint8Array): PooledMap {
  if (mask && mask.length !== map.length) throw new RangeError(`A mask of ${mask.length} for a map of ${map.length}.`);
  const values = mask ? map.filter((_, i) => mask[i] !== 0) : map.slice();
  values.sort();
  const count = values.length;
  if (count === 0) return { mean: 0, median: 0, p95: 0, max: 0, count };
  const sum = values.reduce((total, value) => total + value, 0);
  const at = (share: number): number => values[Math.min(count - 1, Math.floor(share * count))]!;
  return { mean: sum / count, median: at(0.5), p95: at(0.95), max: values[count - 1]!, count };
}
