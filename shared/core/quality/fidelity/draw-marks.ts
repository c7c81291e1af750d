import type { Picture } from '../../render/picture.ts';
import { renderViews } from '../../render/render-views.ts';
import { defaultMaterial, type RenderMaterial, type RenderScene } from '../../render/scene.ts';
import { viewBackground } from './draw-views.ts';
import type { PlacedMarks } from './place-marks.ts';
import { inSight, type MarkView, markPlaces, projectPoint } from './view-marks.ts';

/** Nothing in a clay model has this colour. */
const markColour = [255, 0, 170] as const;

const clay: RenderMaterial = {
  ...defaultMaterial,
  baseColour: [0.6, 0.6, 0.6, 1],
  metallic: 0,
  roughness: 0.9,
  doubleSided: true,
};
/** It glows a little, so that the colour stays what it is in the shade and the shape can still be seen. */
const painted: RenderMaterial = { ...clay, baseColour: [0.5, 0, 0.2, 1], emissive: [0.5, 0, 0.2] };

/** The shape alone, marked triangles painted. */
export function markedScene(scene: RenderScene, triangles: Uint32Array): RenderScene {
  const triangleMaterials = new Uint32Array(scene.triangleMaterials.length);
  for (const triangle of triangles) triangleMaterials[triangle] = 1;
  const none = new Float32Array(0);
  return { ...scene, colours: none, tangents: none, triangleMaterials, materials: [clay, painted], textures: [] };
}

/** Paints a ring, or a disc when `inner` is 0, by the distance of pixel centres. */
function paintRing({ width, height, data }: Picture, x: number, y: number, inner: number, outer: number): void {
  for (let row = Math.max(0, Math.floor(y - outer)); row <= Math.min(height - 1, y + outer); row++) {
    for (let column = Math.max(0, Math.floor(x - outer)); column <= Math.min(width - 1, x + outer); column++) {
      const square = (column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2;
      if (square > outer * outer || square < inner * inner) continue;
      for (let k = 0; k < 3; k++) data[(row * width + column) * 4 + k] = markColour[k]!;
    }
  }
}

/** Dots for places in sight, rings for those behind something. Of few places each gets a wide circle around it. */
const dotPx = 1.8;
const hiddenRingPx = [2.2, 3.2] as const;
const wideRingPx = [10, 12] as const;
const fewPlaces = 12;
/** From this share of all triangles on marks are areas that one sees without dots. */
const wideShare = 0.02;

/** Draws the shape in grey from the chosen view and marks the places: painted triangles, dots, rings where hidden. */
export function drawMarks(scene: RenderScene, marks: PlacedMarks, { camera }: MarkView, sizePx: number): Picture {
  const [view] = renderViews(markedScene(scene, marks.triangles), [camera], {
    width: sizePx,
    height: sizePx,
    background: [viewBackground, viewBackground, viewBackground],
    buffers: 'visibility',
  });
  const { picture, buffers } = view!;
  // Areas are painted; dots would only hide their shape.
  const wide = marks.triangles.length > scene.triangleMaterials.length * wideShare;
  const places = markPlaces(scene, wide ? { ...marks, triangles: new Uint32Array(0) } : marks);
  const count = places.length / 3;
  for (let i = 0; i < count; i++) {
    const place = projectPoint(camera, places, i, sizePx);
    if (inSight(place, buffers!.depthM, sizePx)) paintRing(picture, place[0], place[1], 0, dotPx);
    else paintRing(picture, place[0], place[1], ...hiddenRingPx);
    if (count <= fewPlaces) paintRing(picture, place[0], place[1], ...wideRingPx);
  }
  return picture;
}
