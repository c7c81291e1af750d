import { type Bounds, gateViews, orbitCamera } from '../../render/orbit-views.ts';
import type { Picture } from '../../render/picture.ts';
import { renderSplats } from '../../render/render-splats.ts';
import { splatBounds } from '../../render/splat-bounds.ts';
import type { SplatCloud } from '../../render/splat-cloud.ts';
import { codeOfLinear } from '../../render/srgb-codes.ts';
import type { SplatFinding, SplatViews } from '../checks/splat/splat-subject.ts';
import type { EvidencePicture } from './draw-evidence.ts';
import { viewBackground } from './draw-views.ts';
import { describeView, viewName } from './view-names.ts';

/** Coverage from which a pixel belongs to the model, and from which it is closed, of 255. */
const touched = 26;
const closed = 230;
const half = 128;
/** Rims are soft by nature: pixels nearer to the outside than this share of the width do not count as haze. */
const rimShare = 1 / 64;

/** The same grey as behind meshes; splats are blended in sRGB. */
const backgroundCode = codeOfLinear(viewBackground);

function measureViews(pictures: readonly Picture[]): SplatViews {
  let seen = 0;
  let hazy = 0;
  const coverages = pictures.map(({ width, data }) => {
    const reach = Math.max(1, Math.round(width * rimShare));
    const around = [-reach, reach, -reach * width, reach * width].map((pixels) => pixels * 4);
    let covered = 0;
    for (let at = 3; at < data.length; at += 4) {
      if (data[at] >= half) covered++;
      if (data[at] < touched || around.some((step) => !(data[at + step]! >= touched))) continue;
      seen++;
      if (data[at] < closed) hazy++;
    }
    return covered / (data.length / 4);
  });
  return { coverages, hazyShare: seen > 0 ? hazy / seen : 0 };
}

/** Puts a picture over the grey of the gate. Overwrites it. */
function overBackground({ data }: Picture): void {
  for (let at = 0; at < data.length; at += 4) {
    const share = data[at + 3] / 255;
    for (let k = 0; k < 3; k++) data[at + k] = Math.round(data[at + k] * share + backgroundCode * (1 - share));
    data[at + 3] = 255;
  }
}

/** A cloud from the twelve views of the gate: what they show in numbers, and the pictures over grey. */
export function drawSplatViews(cloud: SplatCloud, sizePx: number): { views: SplatViews; pictures: EvidencePicture[] } {
  const size = { width: sizePx, height: sizePx };
  const pictures = renderSplats(cloud, gateViews(splatBounds(cloud)), size).map(({ picture }) => picture);
  const views = measureViews(pictures);
  return {
    views,
    pictures: pictures.map((picture, i) => {
      overBackground(picture);
      return { name: viewName(i), role: 'view', caption: `The splats ${describeView(i)}.`, picture };
    }),
  };
}

/** The constant of the first harmonic. */
const band0 = 0.28209479177387814;
const coefficientOf = (colour: number): number => (colour - 0.5) / band0;
const markColour = [1, 0, 0.67].map(coefficientOf);

/** Others are drawn this faint, so that marked ones shine through. */
const ghostOpacity = 0.15;
/** Marked splats are at least this large, as a share of the radius: tiny ones would not be seen. */
const leastMark = 0.004;
/** And at most this: huge ones would hide each other. */
const mostMark = 0.05;

/** The cloud in grey with some splats painted. */
function markedCloud(cloud: SplatCloud, marks: Uint32Array, { radius }: Bounds): SplatCloud {
  const opacities = cloud.opacities.map((opacity) => opacity * ghostOpacity);
  const scales = cloud.scales.slice();
  const harmonics = new Float32Array(cloud.count * 3).fill(coefficientOf(0.75));
  for (const i of marks) {
    opacities[i] = 0.8;
    for (let k = 0; k < 3; k++) {
      const scale = scales[i * 3 + k]! || 0;
      scales[i * 3 + k] = Math.max(leastMark * radius, Math.min(mostMark * radius, scale));
      harmonics[i * 3 + k] = markColour[k]!;
    }
  }
  return { ...cloud, opacities, scales, degree: 0, harmonics };
}

/** The splats that findings mark, one picture a code, from the front and from farther away than the views. */
export function drawSplatMarks(
  cloud: SplatCloud,
  findings: readonly SplatFinding[],
  sizePx: number,
): EvidencePicture[] {
  const bounds = splatBounds(cloud);
  const camera = orbitCamera({ ...bounds, radius: bounds.radius * 1.3 }, { azimuth: 30, elevation: 20 });
  return findings.flatMap(({ code, marks }) => {
    if (!marks || marks.length === 0) return [];
    const [drawn] = renderSplats(markedCloud(cloud, marks, bounds), [camera], { width: sizePx, height: sizePx });
    const { picture } = drawn!;
    overBackground(picture);
    const caption = `The ${marks.length.toLocaleString('en-US')} splats of ${code}, from 30°, 20° above the horizon; the others are drawn faint.`;
    return [{ name: `mark-${code}`, role: 'defect' as const, caption, codes: [code], picture }];
  });
}
