import type { Finding } from '../../../schema/index.ts';
import type { Check } from '../gate-file.ts';

/** A level of detail may be this much smaller or larger than the full model on any side, as a share of its diagonal. */
const boundsTolerance = 0.05;

type Corner = readonly [number, number, number];

const farthest = (a: Corner, b: Corner): number => Math.max(...a.map((value, axis) => Math.abs(value - b[axis]!)));

/** There is something to see, and every level of detail fills the box of the full-detail model: no part was lost. */
export const checkPresence: Check = ({ name: file, stats }, { files }) => {
  const full = files[0]?.stats ?? stats;
  const diagonal = Math.hypot(...full.boundsMax.map((high, axis) => high - full.boundsMin[axis]!));
  const finding = (code: string, message: string, more: Partial<Finding> = {}): Finding[] => [
    { code, severity: 'error', file, message, source: 'Atlas', ...more },
  ];
  if (stats.triangles === 0) return finding('no_triangles', 'The file draws no triangle.', { measured: 0 });
  if (!(diagonal > 0)) return finding('no_extent', 'All vertices are at one point.');
  const moved =
    Math.max(farthest(stats.boundsMin, full.boundsMin), farthest(stats.boundsMax, full.boundsMax)) / diagonal;
  if (moved <= boundsTolerance) return [];
  return finding('bounds_lost', 'A part of the full-detail model is missing here, or out of place.', {
    measured: moved,
    limit: boundsTolerance,
    remedy: 'Raise the budget of this level.',
  });
};
