/** Past this many corners a polygon is fanned: ear clipping takes quadratic time. */
const mostCornersClipped = 1024;

type Plane = readonly [u: 0 | 1 | 2, v: 0 | 1 | 2, sign: number];

/** The plane that shows the polygon largest, by its Newell normal (Tampieri 1992, Graphics Gems III). */
function projection(positions: ArrayLike<number>, corners: ArrayLike<number>): Plane {
  let [x, y, z] = [0, 0, 0];
  for (let i = 0; i < corners.length; i++) {
    const a = (corners[i] as number) * 3;
    const b = (corners[(i + 1) % corners.length] as number) * 3;
    const at = (k: number): number => positions[k] as number;
    x += (at(a + 1) - at(b + 1)) * (at(a + 2) + at(b + 2));
    y += (at(a + 2) - at(b + 2)) * (at(a) + at(b));
    z += (at(a) - at(b)) * (at(a + 1) + at(b + 1));
  }
  if (Math.abs(z) >= Math.abs(x) && Math.abs(z) >= Math.abs(y)) return [0, 1, Math.sign(z)];
  return Math.abs(x) >= Math.abs(y) ? [1, 2, Math.sign(x)] : [2, 0, Math.sign(y)];
}

/** Clips ears (Meisters 1975, "Polygons have ears") off a flat outline; `us`, `vs` run counter-clockwise. */
function clipEars(us: Float64Array, vs: Float64Array, emit: (a: number, b: number, c: number) => void): void {
  const left = Array.from(us, (_, i) => i);
  const turn = (a: number, b: number, c: number): number =>
    (us[b]! - us[a]!) * (vs[c]! - vs[a]!) - (vs[b]! - vs[a]!) * (us[c]! - us[a]!);
  const isEar = (a: number, b: number, c: number): boolean => {
    if (turn(a, b, c) <= 0) return false;
    return left.every(
      (p) => p === a || p === b || p === c || !(turn(a, b, p) >= 0 && turn(b, c, p) >= 0 && turn(c, a, p) >= 0),
    );
  };
  while (left.length > 3) {
    const n = left.length;
    const ear = left.findIndex((b, i) => isEar(left[(i + n - 1) % n]!, b, left[(i + 1) % n]!));
    // A crossing or flat outline has no ear: cut anywhere, so that its corners stay in use.
    const at = Math.max(ear, 0);
    emit(left[(at + n - 1) % n]!, left[at]!, left[(at + 1) % n]!);
    left.splice(at, 1);
  }
  emit(left[0]!, left[1]!, left[2]!);
}

/**
 * Cuts a polygon into `corners.length − 2` triangles with its winding: a fan when it is convex, else by clipping ears.
 * `positions` is `[vertices × 3]`; `emit` gets places in `corners`, not vertices.
 */
export function triangulatePolygon(
  positions: ArrayLike<number>,
  corners: ArrayLike<number>,
  emit: (a: number, b: number, c: number) => void,
): void {
  const count = corners.length;
  const fan = (): void => {
    for (let i = 1; i + 1 < count; i++) emit(0, i, i + 1);
  };
  if (count <= 3 || count > mostCornersClipped) {
    fan();
    return;
  }
  const [u, v, sign] = projection(positions, corners);
  const us = Float64Array.from({ length: count }, (_, i) => positions[(corners[i] as number) * 3 + u] as number);
  const vs = Float64Array.from(
    { length: count },
    (_, i) => (positions[(corners[i] as number) * 3 + v] as number) * sign,
  );
  let convex = true;
  for (let i = 0; i < count && convex; i++) {
    const j = (i + 1) % count;
    const k = (i + 2) % count;
    convex = (us[j]! - us[i]!) * (vs[k]! - vs[j]!) - (vs[j]! - vs[i]!) * (us[k]! - us[j]!) >= 0;
  }
  // A star turns left everywhere too; it is rare enough to be fanned.
  if (convex) fan();
  else clipEars(us, vs, emit);
}
