import type { Camera } from '../../render/camera.ts';
import { boundsOf, gateViews } from '../../render/orbit-views.ts';
import type { RenderScene } from '../../render/scene.ts';
import { compareSurfaces, type SurfaceComparison } from './compare-surfaces.ts';
import { compareView, type ViewComparison } from './compare-view.ts';
import { type DrawnView, drawViews } from './draw-views.ts';
import { type SeenSides, seeBackFaces } from './see-back-faces.ts';
import { viewSizePx } from './view-names.ts';

/** What the twelve views of a delivered model show. */
export interface SeenModel {
  readonly cameras: readonly Camera[];
  readonly views: readonly DrawnView[];
  readonly sides: readonly SeenSides[];
}

/** The source in the same views, and how far the delivered model is from it. */
export interface SeenSource {
  readonly views: readonly DrawnView[];
  /** Empty when the delivered model shows no inside: then nobody needs to know how much of it the source shows. */
  readonly sides: readonly SeenSides[];
  readonly comparisons: readonly ViewComparison[];
  readonly surfaces: SurfaceComparison;
}

/**
 * Draws a delivered model from the twelve views. They are set around its source when there is one, or around itself.
 * `sizePx` is 512 unless given.
 */
export function seeModel(delivered: RenderScene, source: RenderScene = delivered, sizePx = viewSizePx): SeenModel {
  const cameras = gateViews(boundsOf(source.positions));
  return { cameras, views: drawViews(delivered, cameras, sizePx), sides: seeBackFaces(delivered, cameras) };
}

/** Draws the source from the views of the delivered model and compares the two, in pictures and on their surfaces. */
export function compareToSource(model: SeenModel, delivered: RenderScene, source: RenderScene): SeenSource {
  const views = drawViews(source, model.cameras, model.views[0]?.picture.width);
  return {
    views,
    sides: model.sides.some(({ insides }) => insides > 0) ? seeBackFaces(source, model.cameras) : [],
    comparisons: views.map((view, i) => compareView(view, model.views[i]!)),
    surfaces: compareSurfaces(source, delivered),
  };
}
