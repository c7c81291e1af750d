/** Coefficients of orders 1 and 2: three and five. Order 0 is the mean and is taken off elsewhere. */
export const basisSize = 8;

/**
 * Writes the spherical harmonics of orders 1 (x, y, z) and 2 (xy, yz, 3z² − 1, xz, x² − y²) of a unit direction, from
 * element `at` of `out`. Unnormalised, but each of about the same size.
 */
export function shBasis(x: number, y: number, z: number, out: Float64Array, at: number): void {
  out[at] = x;
  out[at + 1] = y;
  out[at + 2] = z;
  out[at + 3] = 2 * x * y;
  out[at + 4] = 2 * y * z;
  out[at + 5] = (3 * z * z - 1) / Math.sqrt(3);
  out[at + 6] = 2 * x * z;
  out[at + 7] = x * x - y * y;
}
