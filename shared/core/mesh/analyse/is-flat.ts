/** Half a unit in the last place of a 32-bit float: a height below this share of the coordinates is only rounding. */
const rounding = 2 ** -24;

/** Whether the corners at `a`, `b` and `c` of `p` lie on one line, as far as 32-bit floats tell. */
export function isFlat(p: Float32Array, a: number, b: number, c: number): boolean {
  const ux = p[b] - p[a];
  const uy = p[b + 1] - p[a + 1];
  const uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a];
  const vy = p[c + 1] - p[a + 1];
  const vz = p[c + 2] - p[a + 2];
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const twiceArea2 = nx * nx + ny * ny + nz * nz;
  const uv = ux * vx + uy * vy + uz * vz;
  const u2 = ux * ux + uy * uy + uz * uz;
  const v2 = vx * vx + vy * vy + vz * vz;
  const longest2 = Math.max(u2, v2, u2 + v2 - 2 * uv);
  const size = Math.max(Math.abs(p[a]), Math.abs(p[a + 1]), Math.abs(p[a + 2])) + Math.sqrt(longest2);
  // height = twice the area / longest edge
  return twiceArea2 <= longest2 * (size * rounding) ** 2;
}
