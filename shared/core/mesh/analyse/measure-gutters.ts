import type { UvRaster } from './rasterise-uv.ts';
import { none } from './topology.ts';

/** Spreads the nearest covered texel by two passes over the grid (Danielsson 1980, eight neighbours). */
function nearestCovered({ sizePx: n, owners }: UvRaster): Int32Array {
  const nearest = new Int32Array(n * n).fill(-1);
  for (let i = 0; i < owners.length; i++) if (owners[i] !== none) nearest[i] = i;
  const distance2 = (texel: number, x: number, y: number): number => {
    const dx = (texel % n) - x;
    const dy = ((texel / n) | 0) - y;
    return dx * dx + dy * dy;
  };
  const relax = (x: number, y: number, dx: number, dy: number): void => {
    if (x + dx < 0 || x + dx >= n || y + dy < 0 || y + dy >= n) return;
    const candidate = nearest[(y + dy) * n + x + dx];
    if (candidate < 0) return;
    const at = y * n + x;
    if (nearest[at] < 0 || distance2(candidate, x, y) < distance2(nearest[at], x, y)) nearest[at] = candidate;
  };
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) for (const [dx, dy] of ahead) relax(x, y, dx, dy);
    for (let x = n - 1; x >= 0; x--) relax(x, y, 1, 0);
  }
  for (let y = n - 1; y >= 0; y--) {
    for (let x = n - 1; x >= 0; x--) for (const [dx, dy] of ahead) relax(x, y, -dx, -dy);
    for (let x = 0; x < n; x++) relax(x, y, -1, 0);
  }
  return nearest;
}

const ahead = [
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;

/**
 * For each chart the empty texels between it and the nearest other one: 0 when they are side by side, infinite when it is
 * alone. Within a texel of the truth, since charts are seen by the centres that they cover. `chartOf` names a triangle’s
 * chart.
 */
export function measureGutters(raster: UvRaster, chartOf: Uint32Array, charts: number): Float32Array {
  const { sizePx: n, owners } = raster;
  const gutters = new Float32Array(charts).fill(Infinity);
  if (charts < 2) return gutters;
  const nearest = nearestCovered(raster);
  const compare = (a: number, b: number): void => {
    if (a < 0 || b < 0) return;
    const chartA = chartOf[owners[a]];
    const chartB = chartOf[owners[b]];
    if (chartA === chartB) return;
    const dx = (a % n) - (b % n);
    const dy = ((a / n) | 0) - ((b / n) | 0);
    const gap = Math.max(0, Math.sqrt(dx * dx + dy * dy) - 1);
    if (gap < gutters[chartA]) gutters[chartA] = gap;
    if (gap < gutters[chartB]) gutters[chartB] = gap;
  };
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const at = y * n + x;
      if (x + 1 < n) compare(nearest[at], nearest[at + 1]);
      if (y + 1 < n) compare(nearest[at], nearest[at + n]);
    }
  }
  return gutters;
}
