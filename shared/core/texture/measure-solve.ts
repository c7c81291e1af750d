/** Adds one row of a least-squares problem to its normal equations: matrix `[n × n]` and right side `[n]`. */
export function addOuter(matrix: Float64Array, right: Float64Array, row: Float64Array, value: number): void {
  const n = row.length;
  for (let i = 0; i < n; i++) {
    right[i]! += row[i]! * value;
    for (let j = 0; j < n; j++) matrix[i * n + j]! += row[i]! * row[j]!;
  }
}

/** Solves a symmetric positive definite system by Cholesky. Leaves its arguments as they are. */
export function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!;
    }
  }
  const out = right.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) out[i]! -= lower[i * n + k]! * out[k]!;
    out[i]! /= lower[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) out[i]! -= lower[k * n + i]! * out[k]!;
    out[i]! /= lower[i * n + i]!;
  }
  return out;
}
