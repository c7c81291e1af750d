import { type Bounds, orbitCamera, ringDirections } from '../../render/orbit-views.ts';
import { renderViews } from '../../render/render-views.ts';
import type { RenderScene } from '../../render/scene.ts';
import { silhouetteOf } from '../metrics/silhouette.ts';
import { type MaskedView, measureViewConsistency, type ViewConsistency } from '../metrics/view-consistency.ts';

/** Views around the vertical axis, small: they are compared in 24 × 24 cells. */
const ringViews = 8;
const ringPx = 128;

/** Where the views of the ring look from, in degrees from the front. */
export const ringAzimuth = (view: number): number => (360 * view) / ringViews;

/** Goes around a model, unlit, and tells how much of its front comes back on other sides. */
export function seeAround(scene: RenderScene, bounds: Bounds): ViewConsistency {
  const cameras = ringDirections(ringViews, 0).map((direction) => orbitCamera(bounds, direction));
  const views = renderViews(scene, cameras, { width: ringPx, height: ringPx, surface: 'unlit' });
  return measureViewConsistency(views.map(({ picture }): MaskedView => ({ picture, mask: silhouetteOf(picture) })));
}
