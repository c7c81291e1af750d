import { gate, openFile } from '../../../functions/engine/gate.ts';
import { gateWithViews } from '../../../functions/engine/gate-with-views.ts';
import { viewScene } from '../../../functions/engine/view-scene.ts';
import { chromiumRenderer } from '../../../shared/adapters/chromium/chromium-renderer.ts';
import { readGlb } from '../../../shared/core/format/gltf-io.ts';
import { analyseDocument } from '../../../shared/core/mesh/analyse/analyse-document.ts';
import { judgeFiles } from '../../../shared/core/quality/judge-files.ts';
import { validateGlb } from '../../../shared/core/quality/validate-glb.ts';
import type { Camera } from '../../../shared/core/render/camera.ts';
import { gateLight, placeLights } from '../../../shared/core/render/light-rig.ts';
import { boundsOf, gateViews } from '../../../shared/core/render/orbit-views.ts';
import { renderSplats } from '../../../shared/core/render/render-splats.ts';
import { renderViews } from '../../../shared/core/render/render-views.ts';
import { splatBounds } from '../../../shared/core/render/splat-bounds.ts';
import { web } from '../../../shared/profiles/web.ts';
import { goodCloud } from '../../../shared/testing/defects/good-clouds.ts';
import { buildLargeModel } from '../../../shared/testing/defects/good-models.ts';
import { trianglesOf } from '../../../shared/testing/defects/model.ts';
import { modelWriter } from '../../../shared/testing/defects/model-glb.ts';
import { type Figure, figure, show } from '../measure.ts';
import { encodePng } from './judge-mutations.ts';

/** Milliseconds in this process, on one thread. */
export interface GateSpeed {
  readonly triangles: number;
  /** Analysis of mesh and UV sets, and all checks over it. */
  readonly meshChecks: Figure;
  /** Opening, validating, measuring and judging a delivery of one file. */
  readonly wholeGate: Figure;
  /** The same with twelve views, compared with a source of four times as many triangles, and pictures of evidence. */
  readonly gateWithViews: Figure;
  readonly validatorAlone: Figure;
  /** Twelve lit pictures of 512 × 512. */
  readonly twelveViews: Figure;
  /** The same of 268,000 splats. */
  readonly twelveSplatViews: Figure;
  /** One such picture by three.js in Chromium, without the start of the browser; a sentence where it cannot be tried. */
  readonly threeView: Figure | string;
}

async function timed(rounds: number, work: () => unknown): Promise<Figure> {
  const times: number[] = [];
  for (let i = 0; i <= rounds; i++) {
    const start = performance.now();
    await work();
    if (i > 0) times.push(Math.round(performance.now() - start));
  }
  return figure(times);
}

const splats = 268_000;
const viewPx = 512;

/** One view by three.js: what twelve more pictures cost, so that start and loading do not count. */
async function timeThree(glb: Uint8Array, cameras: readonly Camera[], rounds: number): Promise<Figure | string> {
  const renderer = chromiumRenderer();
  const missing = renderer.missing();
  if (missing) return missing.reason;
  const { sky, ground, reflections } = gateLight;
  const draw = async (times: number): Promise<number> => {
    const views = Array.from({ length: times }, () => cameras)
      .flat()
      .map((camera) => {
        if (camera.kind !== 'perspective') throw new Error('The gate looks in perspective.');
        const lights = [...placeLights(gateLight, camera).lights];
        return { model: 0, camera, sizePx: viewPx, light: { sky, ground, reflections, lights } };
      });
    const start = performance.now();
    await renderer.draw({ models: [glb], views, background: [0.35, 0.35, 0.35] });
    return performance.now() - start;
  };
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const once = await draw(1);
    times.push(Math.max(0, ((await draw(3)) - once) / (2 * cameras.length)));
  }
  return figure(times);
}

/** Times the gate on a textured model of about 100,000 triangles; one round before the measured ones. */
export async function gateSpeed(rounds: number): Promise<GateSpeed> {
  const model = buildLargeModel(100_000);
  const glb = await modelWriter(encodePng)(model);
  const document = await readGlb(glb);
  const file = await openFile('model', glb, true);
  const { scene } = await viewScene(document);
  const cameras = gateViews(boundsOf(scene.positions));
  const source = await modelWriter(encodePng)(buildLargeModel(400_000));
  const cloud = goodCloud(model, splats);
  const cloudCameras = gateViews(splatBounds(cloud));
  let round = 0;
  return {
    triangles: trianglesOf(model),
    meshChecks: await timed(rounds, () =>
      judgeFiles({ profile: web, files: [{ ...file, analysis: analyseDocument(document) }] }),
    ),
    wholeGate: await timed(rounds, () => gate({ files: [{ name: 'model', glb }], profile: web })),
    gateWithViews: await timed(rounds, () =>
      // Another name each time: the views of a source that is known are kept.
      gateWithViews({
        files: [{ name: 'model', glb }],
        profile: web,
        source: { glb: source, sha256: `round ${round++}` },
      }),
    ),
    validatorAlone: await timed(rounds, () => validateGlb(glb)),
    twelveViews: await timed(rounds, () => renderViews(scene, cameras, { width: viewPx, height: viewPx })),
    twelveSplatViews: await timed(rounds, () => renderSplats(cloud, cloudCameras, { width: viewPx, height: viewPx })),
    threeView: await timeThree(glb, cameras, rounds),
  };
}

export const gateSpeedTable = (speed: GateSpeed): string =>
  [
    `| ${speed.triangles.toLocaleString('en')} triangles with a texture, one thread | ms | goal |`,
    '| --- | --- | --- |',
    `| mesh and UV analysis with all checks | ${show(speed.meshChecks)} | 3,000 |`,
    `| whole gate of one delivery, without views | ${show(speed.wholeGate)} | |`,
    `| whole gate against a source of 400,000 triangles, with twelve views and pictures | ${show(speed.gateWithViews)} | 6,000 |`,
    `| gltf-validator alone | ${show(speed.validatorAlone)} | |`,
    `| 12 views of 512 × 512 | ${show(speed.twelveViews)} | 1,000 |`,
    `| 12 views of ${splats.toLocaleString('en')} splats | ${show(speed.twelveSplatViews)} | 8,000 |`,
    `| one view by three.js in Chromium | ${typeof speed.threeView === 'string' ? `not measured: ${speed.threeView}` : show(speed.threeView)} | |`,
    '',
  ].join('\n');
