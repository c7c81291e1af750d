import type { ReportPicture } from '../../../schema/index.ts';
import { drawUvLayout } from '../../render/draw-uv-layout.ts';
import type { Picture } from '../../render/picture.ts';
import { renderViews } from '../../render/render-views.ts';
import type { RenderScene } from '../../render/scene.ts';
import { heatMap } from '../metrics/heat-map.ts';
import type { Picture as PlainPicture } from '../metrics/picture.ts';
import type { SeenModel, SeenSource } from './compare-scenes.ts';
import { drawMarks } from './draw-marks.ts';
import { drawUvMarks, layoutSizePx } from './draw-uv-marks.ts';
import { viewBackground } from './draw-views.ts';
import type { PlacedMarks } from './place-marks.ts';
import { worstViewOf } from './pool-fidelity.ts';
import { viewMarks } from './view-marks.ts';
import { describeView, viewName } from './view-names.ts';

/** A picture before it is encoded. */
export interface EvidencePicture extends Pick<ReportPicture, 'name' | 'role' | 'caption' | 'codes'> {
  readonly picture: Picture | PlainPicture;
}

/** Places of all findings of one code, in the scene of the views. */
export interface CodeMarks extends PlacedMarks {
  readonly code: string;
  /** Set of coordinates whose layout is to be shown too. */
  readonly uvSet?: 0 | 1;
}

const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;

/** The delivered model from the twelve views, and its source beside it. */
export function drawnViews({ views }: SeenModel, source: SeenSource | undefined): EvidencePicture[] {
  return views.flatMap(({ picture }, i): EvidencePicture[] => {
    const original = source?.views[i];
    return [
      { name: viewName(i), role: 'view', caption: `${capital(describeView(i))}.`, picture },
      ...(original
        ? [
            {
              name: `${viewName(i)}-source`,
              role: 'source' as const,
              caption: `The source, ${describeView(i)}.`,
              picture: original.picture,
            },
          ]
        : []),
    ];
  });
}

/** Where the view with the largest perceived difference differs; the scale of colours ends at FLIP 0.5. */
export function drawDifference({ views, comparisons }: SeenSource): EvidencePicture {
  const worst = worstViewOf(comparisons);
  const { width, height } = views[worst]!.picture;
  return {
    name: `${viewName(worst)}-flip`,
    role: 'difference',
    caption: `Perceived difference between delivery and source, ${describeView(worst)}: black none, yellow half of the largest there is.`,
    codes: ['fidelity_flip'],
    picture: heatMap(comparisons[worst]!.flipMap, width, height, 0, 0.5),
  };
}

/** The triangles of the model from the front, a little above. */
export function drawWireframe(scene: RenderScene, { cameras, views }: SeenModel): EvidencePicture {
  // Half as large again as a view: edges are thin.
  const sizePx = Math.floor(views[0]!.picture.width * 1.5);
  const [view] = renderViews(scene, cameras.slice(0, 1), {
    width: sizePx,
    height: sizePx,
    samples: 2,
    surface: 'clay',
    wireframe: { widthPx: 0.7, colour: [0.02, 0.05, 0.2] },
    background: [viewBackground, viewBackground, viewBackground],
  });
  const count = scene.triangleMaterials.length.toLocaleString('en-US');
  return { name: 'wireframe', role: 'wireframe', caption: `The ${count} triangles.`, picture: view!.picture };
}

/** Layouts beyond these add bytes and no insight. */
const mostLayouts = 4;

/** The UV layout of each of the four materials with the most triangles. */
export function drawUvLayouts(scene: RenderScene): EvidencePicture[] {
  if (scene.uvs0.length === 0) return [];
  const counts = new Uint32Array(scene.materials.length);
  for (const material of scene.triangleMaterials) counts[material]++;
  const used = [...counts.keys()].filter((material) => counts[material] > 0);
  used.sort((a, b) => counts[b] - counts[a] || a - b);
  return used.slice(0, mostLayouts).flatMap((material, i): EvidencePicture[] => {
    const sizePx = layoutSizePx(scene, 0, material);
    if (sizePx === undefined) return [];
    const whose = material === 0 ? 'the triangles without material' : `material ${material - 1}`;
    return [
      {
        name: `uv-${i}`,
        role: 'uv',
        caption: `UV layout of ${whose}: blue, orange where mirrored, darker where charts overlap.`,
        picture: drawUvLayout(scene, { sizePx, material }),
      },
    ];
  });
}

function drawOneCode(scene: RenderScene, model: SeenModel, marks: CodeMarks): EvidencePicture[] {
  const { code, uvSet, triangles } = marks;
  const pictures: EvidencePicture[] = [];
  const chosen = viewMarks(scene, model, marks);
  if (chosen) {
    const where = `${describeView(chosen.view)}${chosen.enlarged ? ', enlarged' : ''}`;
    const hidden = chosen.seen ? '' : ' They lie inside: rings show where.';
    pictures.push({
      name: `mark-${code}`,
      role: 'defect',
      caption: `Places of ${code}, ${where}.${hidden}`,
      codes: [code],
      picture: drawMarks(scene, marks, chosen, model.views[chosen.view]!.picture.width),
    });
  }
  const mapped = uvSet !== undefined && triangles.length > 0 && (uvSet === 1 ? scene.uvs1 : scene.uvs0).length > 0;
  const picture = mapped ? drawUvMarks(scene, uvSet, triangles) : undefined;
  if (picture) {
    const caption = `Places of ${code} in the UV layout.`;
    pictures.push({ name: `mark-${code}-uv`, role: 'defect', caption, codes: [code], picture });
  }
  return pictures;
}

/** Codes beyond these are told in words. */
const mostCodes = 8;
/** Each layout costs up to a second. */
const mostUvMarks = 2;

/**
 * Marks what findings name on the surface, one picture a code, from the view that sees most of it: the first eight codes;
 * the first two that are about coordinates in the UV layout too.
 */
export function drawDefects(scene: RenderScene, model: SeenModel, marks: readonly CodeMarks[]): EvidencePicture[] {
  let layouts = 0;
  return marks.slice(0, mostCodes).flatMap(({ uvSet, ...places }) => {
    if (uvSet === undefined || layouts === mostUvMarks) return drawOneCode(scene, model, places);
    layouts++;
    return drawOneCode(scene, model, { ...places, uvSet });
  });
}
