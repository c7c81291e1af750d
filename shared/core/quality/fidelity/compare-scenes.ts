import type { Camera } from '../../render/camera.ts';
import { boundsOf, gateViews } from '../../render/orbit-views.ts';
import type { RenderScene } from '../../render/scene.ts';
import type { ViewConsistency } from '../metrics/view-consistency.ts';
import { compareSurfaces, type SurfaceComparison } from './compare-surfaces.ts';
import { compareView, type ViewComparison } from './compare-view.ts';
import { type DrawnView, drawViews } from './draw-views.ts';
import { seeAround } from './see-around.ts';
import { type SeenSides, seeBackFaces } from './see-back-faces.ts';

/** What the twelve views of a delivered model show. */
export interface SeenModel {
  readonly cameras: readonly Camera[];
  readonly views: readonly DrawnView[];
  readonly sides: readonly SeenSides[];
  /** How much of the front comes back on other sides. */
  readonly consistency: ViewConsistency;
}

/** A source in the twelve views around it. May be kept: every delivery made from it is compared with the same views. */
export interface SourceViews {
  readonly cameras: readonly Camera[];
  readonly views: readonly DrawnView[];
  /** Without its textures, which only the views needed. */
  readonly shape: RenderScene;
}

/** The source in the views of a delivered model, and how far that is from it. */
export interface SeenSource {
  readonly views: readonly DrawnView[];
  /** Empty when the delivered model shows no inside: then nobody needs to know how much of it the source shows. */
  readonly sides: readonly SeenSides[];
  readonly comparisons: readonly ViewComparison[];
  readonly surfaces: SurfaceComparison;
}

/** Draws a source from twelve views set around it, `sizePx` wide. */
export function seeSource(source: RenderScene, sizePx: number): SourceViews {
  const cameras = gateViews(boundsOf(source.positions));
  return { cameras, views: drawViews(source, cameras, sizePx), shape: { ...source, textures: [] } };
}

/** Draws a delivered model from the twelve views, `sizePx` wide: those of its source, or those around itself. */
export function seeModel(delivered: RenderScene, source: SourceViews | undefined, sizePx: number): SeenModel {
  const bounds = boundsOf(delivered.positions);
  const cameras = source?.cameras ?? gateViews(bounds);
  return {
    cameras,
    views: drawViews(delivered, cameras, sizePx),
    sides: seeBackFaces(delivered, cameras),
    consistency: seeAround(delivered, bounds),
  };
}

/** Compares a delivered model, seen in the views of its source, with that: in pictures and on their surfaces. */
export function compareToSource(model: SeenModel, delivered: RenderScene, source: SourceViews): SeenSource {
  return {
    views: source.views,
    sides: model.sides.some(({ insides }) => insides > 0) ? seeBackFaces(source.shape, source.cameras) : [],
    comparisons: source.views.map((view, i) => compareView(view, model.views[i]!)),
    surfaces: compareSurfaces(source.shape, delivered),
  };
}
