import { type Bounds, boundsOf } from './orbit-views.ts';
import type { SplatCloud } from './splat-cloud.ts';

/** Fainter splats do not decide what a picture has to hold. */
const faint = 0.1;

/** The share at each end of each axis that may lie outside: single splats far off are common. */
const strayShare = 0.005;

function quantile(sorted: Float32Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))]!;
}

/** What a camera must hold to show a cloud: the box of its visible splats, without the strays. */
export function splatBounds({ count, positions, opacities }: SplatCloud): Bounds {
  const visible: number[] = [];
  for (let i = 0; i < count; i++) {
    const finite = Number.isFinite(positions[i * 3]! + positions[i * 3 + 1]! + positions[i * 3 + 2]!);
    if (opacities[i]! >= faint && finite) visible.push(i);
  }
  if (visible.length === 0) return boundsOf(positions);
  const corners = new Float32Array(6);
  for (let axis = 0; axis < 3; axis++) {
    const values = Float32Array.from(visible, (i) => positions[i * 3 + axis]!).sort();
    corners[axis] = quantile(values, strayShare);
    corners[3 + axis] = quantile(values, 1 - strayShare);
  }
  return boundsOf(corners);
}
