import { readGlb } from '../../shared/core/format/gltf-io.ts';
import { neighbourSsim } from '../../shared/core/quality/validator-score.ts';
import { fitScene } from '../../shared/core/render/fit-scene.ts';
import { judgeCamera } from '../../shared/core/render/orbit-views.ts';
import { renderViews } from '../../shared/core/render/render-views.ts';
import type { Score } from '../../shared/schema/index.ts';
import { viewScene } from './view-scene.ts';

/** The views of the network’s former validator: 16 over a whole turn (first and last are the same), 15° from above. */
const views = 16;
const sizePx = 518;
const sideM = 1.5;
const distanceM = 2.5;

/**
 * Structural likeness of neighbours on that turntable, before white, in our light: the part of the validator’s score that
 * needs no model. About 2 s for 100,000 triangles.
 */
export async function turnTableSsim(glb: Uint8Array): Promise<Score> {
  const scene = fitScene((await viewScene(await readGlb(glb))).scene, sideM);
  const cameras = Array.from({ length: views }, (_, i) =>
    judgeCamera({ azimuth: (360 * i) / (views - 1), elevation: 15 }, distanceM),
  );
  const drawn = renderViews(scene, cameras, { width: sizePx, height: sizePx, background: [1, 1, 1] });
  return neighbourSsim(drawn.map(({ picture }) => picture));
}
