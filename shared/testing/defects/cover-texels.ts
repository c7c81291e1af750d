import type { Part } from './model.ts';

/** Receives a texel, the triangle over its centre, and the weights of the triangle’s corners there. */
export type VisitTexel = (texel: number, triangle: number, weights: readonly [number, number, number]) => void;

/** Calls `visit` for each texel of a `width` × `height` picture whose centre some triangle covers, or nearly so. */
export function coverTexels(
  { uvs, indices }: Pick<Part, 'uvs' | 'indices'>,
  width: number,
  height: number,
  visit: VisitTexel,
  /** How many texels past its edges a triangle reaches. */
  marginPx = 0,
): void {
  if (!uvs) return;
  for (let t = 0; t < indices.length / 3; t++) {
    const [a, b, c] = [0, 1, 2].map((k) => {
      const v = indices[t * 3 + k] * 2;
      return [uvs[v] * width - 0.5, uvs[v + 1] * height - 0.5] as const;
    });
    const side = (p: readonly number[], q: readonly number[], x: number, y: number): number =>
      (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]);
    const area = side(a, b, c[0], c[1]);
    if (area === 0) continue;
    const longest = Math.max(Math.hypot(b[0] - a[0], b[1] - a[1]), Math.hypot(c[0] - b[0], c[1] - b[1]), 1);
    const slack = (marginPx * longest) / Math.abs(area);
    const [left, right] = [Math.min(a[0], b[0], c[0]) - marginPx, Math.max(a[0], b[0], c[0]) + marginPx];
    const [top, bottom] = [Math.min(a[1], b[1], c[1]) - marginPx, Math.max(a[1], b[1], c[1]) + marginPx];
    for (let y = Math.max(0, Math.ceil(top)); y <= Math.min(height - 1, bottom); y++) {
      for (let x = Math.max(0, Math.ceil(left)); x <= Math.min(width - 1, right); x++) {
        const weights = [side(b, c, x, y) / area, side(c, a, x, y) / area, side(a, b, x, y) / area] as const;
        if (Math.min(...weights) >= -slack) visit(y * width + x, t, weights);
      }
    }
  }
}
