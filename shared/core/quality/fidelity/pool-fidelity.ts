import type { Fidelity } from '../../../schema/index.ts';
import type { SeenSource } from './compare-scenes.ts';
import type { ViewComparison } from './compare-view.ts';
import { viewName } from './view-names.ts';

/** Index of the view with the largest perceived difference; the first of equals. */
export const worstViewOf = (comparisons: readonly ViewComparison[]): number =>
  comparisons.reduce((worst, { flip }, i) => (flip > comparisons[worst]!.flip ? i : worst), 0);

/** Six digits say all that a measure of pictures can, and reports stay short. */
const rounded = (value: number): number => Number(value.toPrecision(6));

/** Pools the views: a pixel counts the same in whichever view it lies. */
export function poolFidelity(sourceSha256: string, { views, comparisons, surfaces }: SeenSource): Fidelity {
  const pixels = comparisons.reduce((sum, view) => sum + view.pixels, 0);
  const pooled = (value: (view: ViewComparison) => number, none: number): number =>
    pixels > 0 ? comparisons.reduce((sum, view) => sum + value(view) * view.pixels, 0) / pixels : none;
  const meanSquaredError = pooled((view) => view.meanSquaredError, 0);
  const { normalDeviationDeg } = surfaces;
  return {
    sourceSha256,
    views: comparisons.length,
    sizePx: views[0]!.picture.width,
    psnrDb: meanSquaredError > 0 ? rounded(10 * Math.log10((255 * 255) / meanSquaredError)) : null,
    ssim: rounded(pooled((view) => view.ssim, 1)),
    flip: rounded(pooled((view) => view.flip, 0)),
    silhouetteIou: rounded(Math.min(1, ...comparisons.map((view) => view.silhouetteIou))),
    worstView: viewName(worstViewOf(comparisons)),
    distanceMaxShare: rounded(surfaces.distanceMaxShare),
    distanceRmsShare: rounded(surfaces.distanceRmsShare),
    ...(normalDeviationDeg === undefined ? {} : { normalDeviationDeg: rounded(normalDeviationDeg) }),
  };
}
