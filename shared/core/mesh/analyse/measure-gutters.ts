import type { UvRaster } from './rasterise-uv.ts';
import { none } from './topology.ts';

/**
 * The nearest covered texel of each, −1 where none is: spread by two passes over the grid (Danielsson 1980, eight
 * neighbours). The squared distances are kept, since most texels are asked many times.
 */
function nearestCovered({ sizePx: n, owners }: UvRaster): Int32Array {
  const nearest = new Int32Array(n * n).fill(-1);
  const squares = new Int32Array(n * n).fill(0x7fffffff);
  for (let i = 0; i < owners.length; i++) {
    if (owners[i] === none) continue;
    nearest[i] = i;
    squares[i] = 0;
  }
  const relax = (at: number, x: number, y: number, from: number): void => {
    const candidate = nearest[from];
    if (candidate < 0) return;
    const row = (candidate / n) | 0;
    const dx = candidate - row * n - x;
    const dy = row - y;
    const square = dx * dx + dy * dy;
    if (square >= squares[at]) return;
    squares[at] = square;
    nearest[at] = candidate;
  };
  const sweep = (x: number, y: number, at: number, ahead: number): void => {
    if (squares[at] === 0) return;
    const before = x - ahead >= 0 && x - ahead < n;
    const after = x + ahead >= 0 && x + ahead < n;
    const above = y - ahead >= 0 && y - ahead < n;
    if (before) relax(at, x, y, at - ahead);
    if (before && above) relax(at, x, y, at - ahead * n - ahead);
    if (above) relax(at, x, y, at - ahead * n);
    if (after && above) relax(at, x, y, at - ahead * n + ahead);
  };
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) sweep(x, y, y * n + x, 1);
    for (let x = n - 2; x >= 0; x--) relax(y * n + x, x, y, y * n + x + 1);
  }
  for (let y = n - 1; y >= 0; y--) {
    for (let x = n - 1; x >= 0; x--) sweep(x, y, y * n + x, -1);
    for (let x = 1; x < n; x++) relax(y * n + x, x, y, y * n + x - 1);
  }
  return nearest;
}

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
    if (a < 0 || b < 0 || a === b) return;
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
