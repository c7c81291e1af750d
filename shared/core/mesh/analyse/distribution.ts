/** How values are spread: percentiles are values that occur. All zero, with a count of zero, when there are none. */
export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly p1: number;
  readonly p5: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
}

/** Spread of the finite ones among some values. */
export function distributionOf(values: ArrayLike<number>): Distribution {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const count = sorted.length;
  const at = (share: number): number => (count > 0 ? sorted[Math.min(count - 1, Math.floor(share * count))] : 0);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += sorted[i] / count;
  return {
    count,
    min: at(0),
    p1: at(0.01),
    p5: at(0.05),
    median: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    mean: sum,
  };
}
