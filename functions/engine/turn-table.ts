import { readGlb } from '../../shared/core/format/gltf-io.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import { coverageOf, silhouetteOf } from '../../shared/core/quality/metrics/silhouette.ts';
import { neighbourSsim } from '../../shared/core/quality/validator-score.ts';
import { fitScene } from '../../shared/core/render/fit-scene.ts';
import { judgeCamera } from '../../shared/core/render/orbit-views.ts';
import { renderViews } from '../../shared/core/render/render-views.ts';
import type { TurnTable } from '../../shared/ports/index.ts';
import { DispatchRecipe } from '../../shared/schema/index.ts';
import { promptPicture } from './prompt-picture.ts';
import { viewScene } from './view-scene.ts';

/** The views of the network’s former validator: 16 over a whole turn (first and last are the same), 15° from above. */
const views = 16;
const sizePx = 518;
const sideM = 1.5;
const distanceM = 2.5;
const outlinePx = 64;

/** A customer’s own file becomes what a master would be; a master is one. */
async function read(bytes: Uint8Array, fileName: string | undefined, isMaster: boolean) {
  if (isMaster) {
    const document = await readGlb(bytes);
    return { document, stats: measureAsset(document, bytes.byteLength) };
  }
  const { normalise } = await import('./normalise.ts');
  const recipe = DispatchRecipe.parse({});
  const { glb, stats } = await normalise({ bytes, recipe, ...(fileName === undefined ? {} : { filename: fileName }) });
  return { document: await readGlb(glb), stats };
}

/**
 * Draws a candidate on that turntable, before white, in our light, and measures what needs no model. About 2 s for 100,000
 * triangles. Same input, same pixels.
 *
 * @throws what `normalise` throws; image_malformed at /prompt for the prompt image
 */
export async function turnTable(input: {
  bytes: Uint8Array;
  fileName: string | undefined;
  isMaster: boolean;
  prompt: Uint8Array | undefined;
}): Promise<TurnTable> {
  const prompt = input.prompt && (await promptPicture(input.prompt));
  const { document, stats } = await read(input.bytes, input.fileName, input.isMaster);
  const scene = fitScene((await viewScene(document)).scene, sideM);
  const cameras = Array.from({ length: views }, (_, i) =>
    judgeCamera({ azimuth: (360 * i) / (views - 1), elevation: 15 }, distanceM),
  );
  const drawn = renderViews(scene, cameras, { width: sizePx, height: sizePx, background: [1, 1, 1] });
  const pictures = drawn.map(({ picture }) => picture);
  // A white model before white is there all the same: clear background tells it.
  const outlines = renderViews(scene, cameras, { width: outlinePx, height: outlinePx, surface: 'unlit' });
  const isVisible = outlines.some(({ picture }) => coverageOf(silhouetteOf(picture)) > 0);
  return {
    ...{ stats, isVisible, views: pictures, ssim: isVisible ? neighbourSsim(pictures) : 'not_scored' },
    prompt: prompt && { ...prompt, data: new Uint8Array(prompt.data) },
  };
}
