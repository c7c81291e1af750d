import type { Finding } from '../../../schema/index.ts';
import { nearestDistances } from '../../mesh/nearest-distances.ts';
import type { Surface } from '../../mesh/surface-distance.ts';
import type { Check } from '../gate-file.ts';

/** Farther than this from the other surface, as a share of the diagonal, a point has nothing that stands for it there. */
const distanceTolerance = 0.05;

/** Share of the area that may have nothing that stands for it: loose crumbs are dropped on purpose, parts are not. */
const areaTolerance = 0.01;

/** Share of the area of a surface that is far from another. */
function shareFar(of: Surface, from: Surface, toleranceM: number): number {
  const distances = nearestDistances(of.samples, from.triangles);
  return distances.length > 0 ? distances.filter((distance) => distance > toleranceM).length / distances.length : 1;
}

/** There is something to see, and every level of detail stands where the full-detail model does: no part was lost. */
export const checkPresence: Check = ({ name: file, stats, surface }, { files }) => {
  const finding = (code: string, message: string, more: Partial<Finding> = {}): Finding[] => [
    { code, severity: 'error', file, message, source: 'Atlas', ...more },
  ];
  if (stats.triangles === 0) return finding('no_triangles', 'The file draws no triangle.', { measured: 0 });
  if (stats.boundsMax.every((high, axis) => high === stats.boundsMin[axis])) {
    return finding('no_extent', 'All vertices are at one point.');
  }
  const full = files[0];
  if (!full || full.surface === surface) return [];
  const toleranceM = full.surface.diagonalM * distanceTolerance;
  const measured = Math.max(shareFar(full.surface, surface, toleranceM), shareFar(surface, full.surface, toleranceM));
  if (measured <= areaTolerance) return [];
  return finding('part_lost', 'A part of the full-detail model is missing here, or out of place.', {
    measured,
    limit: areaTolerance,
    remedy: 'Raise the budget of this level.',
  });
};
