import { orthographicCamera } from '../../render/camera.ts';
import { drawUvLayout } from '../../render/draw-uv-layout.ts';
import type { Picture } from '../../render/picture.ts';
import { renderViews } from '../../render/render-views.ts';
import { defaultMaterial, plainScene, type RenderScene } from '../../render/scene.ts';

const uvSizePx = 768;

/** Blended samples that one layout may cost: about a second. */
const mostSamples = 4_000_000;
/** Below this a layout shows nothing. */
const leastSizePx = 160;
const samplesAPixel = 4;

/**
 * The side in pixels at which the layout of a material can be drawn: 768, less where charts lie over each other many times,
 * because each layer is blended; undefined where there are about forty layers, which no picture shows.
 */
export function layoutSizePx(scene: RenderScene, uvSet: 0 | 1, material: number | undefined): number | undefined {
  const uvs = uvSet === 1 ? scene.uvs1 : scene.uvs0;
  let layers = 0;
  for (let t = 0; t < scene.triangleMaterials.length; t++) {
    if (material !== undefined && scene.triangleMaterials[t] !== material) continue;
    const [a, b, c] = [scene.indices[t * 3] * 2, scene.indices[t * 3 + 1] * 2, scene.indices[t * 3 + 2] * 2];
    const twice = (uvs[b] - uvs[a]) * (uvs[c + 1] - uvs[a + 1]) - (uvs[c] - uvs[a]) * (uvs[b + 1] - uvs[a + 1]);
    const area = Math.abs(twice) / 2;
    // No triangle can cover more than the picture; what is not a number covers nothing.
    if (area > 0) layers += Math.min(area, 1);
  }
  const side = layers > 0 ? Math.floor(Math.sqrt(mostSamples / (samplesAPixel * layers))) : uvSizePx;
  return side < leastSizePx ? undefined : Math.min(side, uvSizePx);
}

/** Draws the layout of one UV set and paints triangles of the scene in it; undefined where it cannot be drawn. */
export function drawUvMarks(scene: RenderScene, uvSet: 0 | 1, triangles: Uint32Array): Picture | undefined {
  const about = triangles.length > 0 ? { material: scene.triangleMaterials[triangles[0]] } : {};
  const sizePx = layoutSizePx(scene, uvSet, about.material);
  if (sizePx === undefined) return undefined;
  const layout = drawUvLayout(scene, { sizePx, uvSet, ...about });
  const uvs = uvSet === 1 ? scene.uvs1 : scene.uvs0;
  const positions = new Float32Array(triangles.length * 9);
  for (let i = 0; i < triangles.length * 3; i++) {
    const corner = scene.indices[triangles[Math.floor(i / 3)] * 3 + (i % 3)];
    positions[i * 3] = uvs[corner * 2];
    positions[i * 3 + 1] = 1 - uvs[corner * 2 + 1];
  }
  const painted = plainScene({
    positions,
    indices: Uint32Array.from({ length: triangles.length * 3 }, (_, i) => i),
    materials: [{ ...defaultMaterial, baseColour: [1, 0, 0.402, 1], unlit: true, doubleSided: true }],
  });
  const [view] = renderViews(painted, [orthographicCamera([0.5, 0.5, 1], [0.5, 0.5, 0], 0.5)], {
    width: sizePx,
    height: sizePx,
    samples: 2,
  });
  const { data } = view!.picture;
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] / 255;
    for (let k = 0; k < 3 && alpha > 0; k++) {
      layout.data[at + k] = Math.floor(data[at + k] * alpha + layout.data[at + k] * (1 - alpha) + 0.5);
    }
  }
  return layout;
}
