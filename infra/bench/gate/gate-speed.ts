import { gate, openFile } from '../../../functions/engine/gate.ts';
import { viewScene } from '../../../functions/engine/view-scene.ts';
import { readGlb } from '../../../shared/core/format/gltf-io.ts';
import { analyseDocument } from '../../../shared/core/mesh/analyse/analyse-document.ts';
import { judgeFiles } from '../../../shared/core/quality/judge-files.ts';
import { validateGlb } from '../../../shared/core/quality/validate-glb.ts';
import { boundsOf, gateViews } from '../../../shared/core/render/orbit-views.ts';
import { renderViews } from '../../../shared/core/render/render-views.ts';
import { web } from '../../../shared/profiles/web.ts';
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
  readonly validatorAlone: Figure;
  /** Twelve lit pictures of 512 × 512. */
  readonly twelveViews: Figure;
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

/** Times the gate on a textured model of about 100,000 triangles; one round before the measured ones. */
export async function gateSpeed(rounds: number): Promise<GateSpeed> {
  const model = buildLargeModel(100_000);
  const glb = await modelWriter(encodePng)(model);
  const document = await readGlb(glb);
  const file = await openFile('model', glb, true);
  const { scene } = await viewScene(document);
  return {
    triangles: trianglesOf(model),
    meshChecks: await timed(rounds, () =>
      judgeFiles({ profile: web, files: [{ ...file, analysis: analyseDocument(document) }] }),
    ),
    wholeGate: await timed(rounds, () => gate({ files: [{ name: 'model', glb }], profile: web })),
    validatorAlone: await timed(rounds, () => validateGlb(glb)),
    twelveViews: await timed(rounds, () =>
      renderViews(scene, gateViews(boundsOf(scene.positions)), { width: 512, height: 512 }),
    ),
  };
}

export const gateSpeedTable = ({ triangles, meshChecks, wholeGate, validatorAlone, twelveViews }: GateSpeed): string =>
  [
    `| ${triangles.toLocaleString('en')} triangles with a texture, one thread | ms | goal |`,
    '| --- | --- | --- |',
    `| mesh and UV analysis with all checks | ${show(meshChecks)} | 3,000 |`,
    `| whole gate of one delivery, without views | ${show(wholeGate)} | 6,000 |`,
    `| gltf-validator alone | ${show(validatorAlone)} | |`,
    `| 12 views of 512 × 512 | ${show(twelveViews)} | 1,000 |`,
    '',
  ].join('\n');
