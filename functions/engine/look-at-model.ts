import { judgeContent } from '../../shared/core/quality/content/judge-content.ts';
import { compareToSource, seeModel } from '../../shared/core/quality/fidelity/compare-scenes.ts';
import {
  type CodeMarks,
  drawDefects,
  drawDifference,
  drawnViews,
  drawUvLayouts,
  drawWireframe,
  type EvidencePicture,
} from '../../shared/core/quality/fidelity/draw-evidence.ts';
import { judgeFidelity } from '../../shared/core/quality/fidelity/judge-fidelity.ts';
import { judgeViews } from '../../shared/core/quality/fidelity/judge-views.ts';
import { placeMarks } from '../../shared/core/quality/fidelity/place-marks.ts';
import { poolFidelity } from '../../shared/core/quality/fidelity/pool-fidelity.ts';
import type { GateFile } from '../../shared/core/quality/gate-file.ts';
import type { MarkedFinding } from '../../shared/core/quality/marked-finding.ts';
import type { GatePicture } from '../../shared/ports/index.ts';
import { type Fidelity, type Finding, type Profile, usualViewPx } from '../../shared/schema/index.ts';
import { contentClassifier } from './content-classifier.ts';
import { encodePictures } from './encode-pictures.ts';
import { sourceViews } from './source-views.ts';
import { type ViewScene, viewScene } from './view-scene.ts';

/** What looking at a model adds to what was measured on its file. */
export interface Look {
  readonly findings: Finding[];
  readonly fidelity: Fidelity | undefined;
  readonly pictures: GatePicture[];
}

const severities = ['error', 'warning'];

/** The marks of each code, those of errors first, otherwise in the order of the findings. Information is told in words. */
function marksByCode({ document, analysis, name }: GateFile, findings: readonly MarkedFinding[]): CodeMarks[] {
  const marked = findings.filter(
    ({ marks, file, severity }) => marks !== undefined && file === name && severities.includes(severity),
  );
  marked.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const codes = new Set(marked.map(({ code }) => code));
  return [...codes].map((code) => {
    const marks = marked.filter((finding) => finding.code === code).map((finding) => finding.marks!);
    const set = marks.map(({ mesh, uvSet }) => uvSet !== undefined && analysis.meshes[mesh]?.uvSets[uvSet]?.set);
    const uvSet = set.find((one) => one === 0 || one === 1);
    return { code, ...placeMarks(document, analysis.meshes, marks), ...(uvSet === 0 || uvSet === 1 ? { uvSet } : {}) };
  });
}

/** A comparison of pictures in which textures are missing would blame the delivery for what the gate cannot read. */
function unreadFinding({ unreadImages }: ViewScene, file: string): Finding[] {
  if (unreadImages === 0) return [];
  return [
    {
      code: 'views_incomplete',
      severity: 'info',
      file,
      measured: unreadImages,
      message: `${unreadImages} images cannot be decoded here (such as KTX2): views show the model without them, and are not compared with the source.`,
      source: 'Atlas',
    },
  ];
}

/**
 * Draws the full-detail model from twelve views, compares it with its source when that is given, and makes the pictures of
 * evidence, among them places that `findings` mark. A model without triangles is not looked at. Same input, same bytes.
 * `viewSizePx` is the side of a view.
 * @throws what reading the source throws
 */
export async function lookAtModel(
  file: GateFile,
  source: { glb: Uint8Array; sha256: string } | undefined,
  profile: Profile,
  findings: readonly MarkedFinding[],
  viewSizePx = usualViewPx,
): Promise<Look> {
  const [delivered, original] = await Promise.all([
    viewScene(file.document),
    source && sourceViews(source, viewSizePx),
  ]);
  const { scene } = delivered;
  if (scene.indices.length === 0) return { findings: [], fidelity: undefined, pictures: [] };
  const model = seeModel(scene, original, viewSizePx);
  const complete = delivered.unreadImages === 0 && original?.incomplete === false;
  const compared = complete ? compareToSource(model, scene, original) : undefined;
  const fidelity = compared && source ? poolFidelity(source.sha256, compared) : undefined;
  const seen = [
    ...unreadFinding(delivered, file.name),
    ...judgeViews(model, compared, profile, file.name),
    ...(fidelity ? judgeFidelity(fidelity, profile, file.name) : []),
  ];
  const shown = model.views.map(({ picture }) => picture);
  seen.push(...(await judgeContent(shown, profile, file.name, contentClassifier)));
  const marks = marksByCode(file, findings);
  if (seen.some(({ code }) => code === 'holes_visible')) {
    const triangles = new Set(model.sides.flatMap(({ holeTriangles }) => [...holeTriangles]));
    marks.unshift({
      code: 'holes_visible',
      triangles: Uint32Array.from(triangles).sort(),
      points: new Float32Array(0),
    });
  }
  const drawn: EvidencePicture[] = [
    ...(compared ? [drawDifference(compared)] : []),
    ...drawDefects(scene, model, marks),
    ...drawnViews(model, compared),
    drawWireframe(scene, model),
    ...drawUvLayouts(scene),
  ];
  return { findings: seen, fidelity, pictures: await encodePictures(drawn) };
}
