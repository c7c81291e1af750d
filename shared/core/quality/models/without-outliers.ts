/** Neighbours that are looked at, and the share that is taken for outliers: what the network’s library has by default. */
const neighbours = 5;
const outlierShare = 0.1;

/** Linear interpolation between order statistics. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

/**
 * The values that are not far from the others: those whose distance to their fifth nearest neighbour is within the lower
 * 90 % are kept, in ascending order (Ramaswamy, Rastogi & Shim, “Efficient algorithms for mining outliers from large data
 * sets”, SIGMOD 2000). Six values or fewer are all kept.
 */
export function withoutOutliers(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length <= neighbours + 1) return sorted;
  const distances = sorted.map((value) => {
    const others = sorted.map((other) => Math.abs(other - value)).sort((a, b) => a - b);
    return others[neighbours]!; // The first is the value itself.
  });
  const limit = quantile(
    distances.toSorted((a, b) => a - b),
    1 - outlierShare,
  );
  return sorted.filter((_, i) => distances[i]! <= limit);
}

/** Geometric mean of values of at least 0; 0 as soon as one is. NaN without any. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
