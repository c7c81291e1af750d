import { gateDirections } from '../../render/orbit-views.ts';

/** Name of one of the twelve views of the gate, as pictures and findings give it: view-01 to view-12. */
export const viewName = (index: number): string => `view-${String(index + 1).padStart(2, '0')}`;

/** Where a view is taken from, in words: azimuth from the front (+Z) towards +X, elevation from the horizon. */
export function describeView(index: number): string {
  const direction = gateDirections[index]!;
  const { azimuth, elevation } = direction;
  if (elevation === 90) return 'straight from above';
  if (elevation === -90) return 'straight from below';
  const height = elevation > 0 ? 'above' : 'below';
  return `from ${azimuth}°, ${Math.round(Math.abs(elevation))}° ${height} the horizon`;
}
