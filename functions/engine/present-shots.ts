import type { Camera } from '../../shared/core/render/camera.ts';
import { type Bounds, type Direction, orbitCamera, ringDirections } from '../../shared/core/render/orbit-views.ts';

/** One picture to be drawn. */
export interface Shot {
  readonly of: 'shown' | 'source';
  readonly camera: Camera;
  readonly sizePx: number;
}

const turntableElevation = 15;

/** From the front and to the right of it, a little from above: shows depth. */
const portrait: Direction = { azimuth: 30, elevation: 20 };
const sheetDirections: readonly Direction[] = [
  ...ringDirections(4, 0),
  { azimuth: 45, elevation: 30 },
  { azimuth: 225, elevation: 30 },
  { azimuth: 0, elevation: 90 },
  { azimuth: 0, elevation: -90 },
];

/** Sides from which the source is set against the delivery; compose-presentation.ts names them. */
const pairDirections = ringDirections(4, portrait.elevation, portrait.azimuth);

/**
 * Pictures of a presentation in the order in which they are composed: thumbnail; turntable, of three quarters of its
 * size; eight sides, of five eighths; and with a source four sides of the model and the same of the source, at the scale
 * of the model.
 */
export function presentShots(
  bounds: Bounds,
  { frames, sizePx, hasSource }: { frames: number; sizePx: number; hasSource: boolean },
): Shot[] {
  const shots = (of: Shot['of'], directions: readonly Direction[], size: number): Shot[] =>
    directions.map((direction) => ({ of, camera: orbitCamera(bounds, direction), sizePx: size }));
  return [
    ...shots('shown', [portrait], sizePx),
    ...shots('shown', ringDirections(frames, turntableElevation), Math.round((sizePx * 3) / 4)),
    ...shots('shown', sheetDirections, Math.round((sizePx * 5) / 8)),
    ...(hasSource ? [...shots('shown', pairDirections, sizePx), ...shots('source', pairDirections, sizePx)] : []),
  ];
}

/** The pictures of `presentShots` by what they are for. */
export function sortShots<T>(drawn: readonly T[], frames: number) {
  const at = 1 + frames + sheetDirections.length;
  return {
    thumbnail: drawn[0]!,
    around: drawn.slice(1, 1 + frames),
    sides: drawn.slice(1 + frames, at),
    shown: drawn.slice(at, at + pairDirections.length),
    source: drawn.slice(at + pairDirections.length),
  };
}
