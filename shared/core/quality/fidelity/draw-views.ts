import type { Camera } from '../../render/camera.ts';
import type { Picture } from '../../render/picture.ts';
import { renderViews } from '../../render/render-views.ts';
import type { RenderScene } from '../../render/scene.ts';
import { codeOfLinear, linearOfCode } from '../../render/srgb-codes.ts';
import { silhouetteOf } from '../metrics/silhouette.ts';

/** A model from one of the views. */
export interface DrawnView {
  /** Opaque, over grey. */
  readonly picture: Picture;
  /** 1 where the model covers at least half of a pixel, `[sizePx × sizePx]`. */
  readonly silhouette: Uint8Array;
}

/** Linear light behind the model, between the darkest and the brightest surfaces: the outline of either shows. */
export const viewBackground = 0.35;

/** Along each side of a pixel: without it, steps at edges would count as differences. */
const samples = 2;

/** Puts a transparent picture over the background, in linear light. Overwrites it. */
function overBackground({ data }: Picture): void {
  const code = codeOfLinear(viewBackground);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3];
    if (alpha === 255) continue;
    data[at + 3] = 255;
    if (alpha === 0) {
      data[at] = data[at + 1] = data[at + 2] = code;
      continue;
    }
    const share = alpha / 255;
    for (let k = 0; k < 3; k++) {
      data[at + k] = codeOfLinear(linearOfCode[data[at + k]] * share + viewBackground * (1 - share));
    }
  }
}

/** Draws a model as its materials say, in the light of the gate. */
export function drawViews(scene: RenderScene, cameras: readonly Camera[], sizePx: number): DrawnView[] {
  const views = renderViews(scene, cameras, { width: sizePx, height: sizePx, samples });
  return views.map(({ picture }) => {
    const silhouette = silhouetteOf(picture);
    overBackground(picture);
    return { picture, silhouette };
  });
}
