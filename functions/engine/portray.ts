import { readGlb } from '../../shared/core/format/gltf-io.ts';
import { likenesses, scoreViews } from '../../shared/core/quality/duel/candidate-scores.ts';
import { frontViews } from '../../shared/core/quality/duel/duel.ts';
import { isPale } from '../../shared/core/quality/duel/measure-paleness.ts';
import { cutOut } from '../../shared/core/quality/duel/prompt-likeness.ts';
import type { Picture } from '../../shared/core/quality/metrics/picture.ts';
import { coverageOf, silhouetteOf } from '../../shared/core/quality/metrics/silhouette.ts';
import { fitScene } from '../../shared/core/render/fit-scene.ts';
import { judgeCamera, judgeDirections, ringDirections } from '../../shared/core/render/orbit-views.ts';
import { type RenderOptions, renderViews } from '../../shared/core/render/render-views.ts';
import type { RenderScene } from '../../shared/core/render/scene.ts';
import type { JudgedPicture, Portrait } from '../../shared/ports/index.ts';
import { DispatchRecipe } from '../../shared/schema/index.ts';
import { normalise } from './normalise.ts';
import { promptPicture } from './prompt-picture.ts';
import { viewScene } from './view-scene.ts';

/** Side of the views that are measured; small, because only outlines and colours count. */
const measuredPx = 256;
const ringViews = 8;
/** Longest side of the box: what the network’s camera expects. */
const sideM = 1;
/** sRGB 128, the grey of the network’s judge, as linear light. */
const gray = 0.21586;

/** The grid of the network’s judge. */
const gridAzimuths = [24, 120, 216, 312];

const jpegQuality = 90;

async function jpeg(view: string, { width, height, data }: Picture): Promise<JudgedPicture> {
  const { sharp } = await import('./images.ts');
  const bytes = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: jpegQuality })
    .toBuffer();
  return { view, contentType: 'image/jpeg', bytes: new Uint8Array(bytes) };
}

/** Clear pixels turn white, so that no colour hides in them. */
function onWhite({ width, height, data }: Picture): Picture {
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]! / 255;
    for (let k = 0; k < 3; k++) out[at + k] = Math.round(data[at + k]! * alpha + 255 * (1 - alpha));
    out[at + 3] = 255;
  }
  return { width, height, data: out };
}

const draw = (scene: RenderScene, options: RenderOptions, cameras: Parameters<typeof renderViews>[1]): Picture[] =>
  renderViews(scene, cameras, options).map(({ picture }) => picture);

/** Four pictures of the same size in two rows. */
function gridOf(cells: readonly Picture[]): Picture {
  const { width, height } = cells[0]!;
  const data = new Uint8Array(width * height * 16);
  cells.forEach((cell, i) => {
    const left = (i % 2) * width;
    const top = (i >> 1) * height;
    for (let y = 0; y < height; y++) {
      data.set(cell.data.subarray(y * width * 4, (y + 1) * width * 4), ((top + y) * width * 2 + left) * 4);
    }
  });
  return { width: width * 2, height: height * 2, data };
}

const allViews = Object.keys(judgeDirections) as (keyof typeof judgeDirections)[];
const camerasOf = (views: readonly (keyof typeof judgeDirections)[]) =>
  views.map((view) => judgeCamera(judgeDirections[view]));

/** Pictures as the network’s judge is shown them: eight views on white, the front ones on grey, and a grid of four sides. */
async function drawForModel(scene: RenderScene, sizePx: number): Promise<JudgedPicture[]> {
  const size = { width: sizePx, height: sizePx, samples: 2 };
  const white = draw(scene, { ...size, background: [1, 1, 1] }, camerasOf(allViews));
  const grays = draw(scene, { ...size, background: [gray, gray, gray] }, camerasOf(frontViews));
  const cell = { width: sizePx / 2, height: sizePx / 2, samples: 2, background: [1, 1, 1] as const };
  const around = gridAzimuths.map((azimuth) => judgeCamera({ azimuth, elevation: 15 }));
  return Promise.all([
    ...white.map((picture, i) => jpeg(allViews[i]!, picture)),
    ...grays.map((picture, i) => jpeg(`gray_${frontViews[i]!}`, picture)),
    jpeg('grid', gridOf(draw(scene, cell, around))),
  ]);
}

/** The front view most like the prompt image, else the one in which most of the object is seen. */
function bestViewOf(fronts: readonly Picture[], alike: readonly number[] | undefined): string {
  const worth = alike ?? fronts.map((picture) => coverageOf(silhouetteOf(picture)));
  const best = worth.indexOf(Math.max(...worth));
  return frontViews[best] ?? frontViews[0];
}

/**
 * Draws a candidate as a judge sees it, fitted to one metre, and scores it without a model. With `picturePx` the pictures
 * for a vision model are made too, `picturePx` wide (even). Same input, same bytes.
 * @throws what `normalise` throws; image_malformed for the prompt image
 */
export async function portray(input: {
  bytes: Uint8Array;
  filename?: string;
  prompt?: Uint8Array | undefined;
  /** 0 for none. */
  picturePx: number;
}): Promise<Portrait> {
  const { bytes, filename } = input;
  const prompt = input.prompt && (await promptPicture(input.prompt));
  const source = filename === undefined ? { bytes } : { bytes, filename };
  const { glb, stats } = await normalise({ ...source, recipe: DispatchRecipe.parse({}) });
  const scene = fitScene((await viewScene(await readGlb(glb))).scene, sideM);
  const size = { width: measuredPx, height: measuredPx };
  const views = {
    unlit: draw(
      scene,
      { ...size, surface: 'unlit' },
      ringDirections(ringViews, 0).map((direction) => judgeCamera(direction)),
    ),
    fronts: draw(scene, size, camerasOf(frontViews)),
  };
  const wanted = prompt && cutOut(prompt);
  return {
    stats,
    scores: scoreViews(stats, views, wanted),
    isVisible: views.unlit.some((picture) => coverageOf(silhouetteOf(picture)) > 0),
    isPale: isPale(views.fronts),
    bestView: bestViewOf(views.fronts, wanted && likenesses(views.fronts, wanted)),
    pictures: input.picturePx > 0 ? await drawForModel(scene, input.picturePx) : [],
    prompt: input.picturePx > 0 && prompt ? await jpeg('image', onWhite(prompt)) : undefined,
  };
}
