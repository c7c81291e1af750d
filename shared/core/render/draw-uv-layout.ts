import { orthographicCamera, type Vec3 } from './camera.ts';
import type { Picture } from './picture.ts';
import { renderViews } from './render-views.ts';
import { defaultMaterial, plainScene, type RenderMaterial, type RenderScene } from './scene.ts';

export interface UvLayoutOptions {
  readonly sizePx: number;
  /** Set of coordinates, 0 unless given. */
  readonly uvSet?: 0 | 1;
  /** Draws the triangles of this material only, over its base colour texture. */
  readonly material?: number;
}

const upright: Vec3 = [0.1, 0.35, 0.75];
const mirrored: Vec3 = [0.85, 0.3, 0.05];
const line: Vec3 = [0.01, 0.01, 0.01];

/** Below one half, so that charts that lie over each other shine through and add up. */
const chartAlpha = 0.4;

function flat(colour: Vec3): RenderMaterial {
  const baseColour = [...colour, chartAlpha] as const;
  return { ...defaultMaterial, baseColour, alphaMode: 'blend', doubleSided: true, unlit: true };
}

/** What lies behind the charts: the texture, or white. */
function backdrop(scene: RenderScene, material: number | undefined): RenderMaterial {
  const use = material === undefined ? undefined : scene.materials[material]?.baseColourTexture;
  const baseColourTexture = use && { ...use, transform: undefined, uvSet: 0 as const };
  return { ...defaultMaterial, unlit: true, baseColourTexture };
}

/** The charts as a scene: x = u, y = 1 − v, the backdrop behind. */
function layoutScene(scene: RenderScene, uvs: Float32Array, material: number | undefined): RenderScene {
  const count = uvs.length / 2;
  const positions = new Float32Array((count + 3) * 3);
  for (let v = 0; v < count; v++) {
    positions[v * 3] = uvs[v * 2];
    positions[v * 3 + 1] = 1 - uvs[v * 2 + 1];
  }
  // One triangle behind, so large that its edges lie outside the picture.
  positions.set([-1, -1, -1, 3, -1, -1, -1, 3, -1], count * 3);
  const uvs0 = new Float32Array((count + 3) * 2);
  uvs0.set([-1, 2, 3, 2, -1, -2], count * 2);
  const indices: number[] = [];
  for (let t = 0; t < scene.triangleMaterials.length && count > 0; t++) {
    if (material !== undefined && scene.triangleMaterials[t] !== material) continue;
    indices.push(scene.indices[t * 3], scene.indices[t * 3 + 1], scene.indices[t * 3 + 2]);
  }
  const triangleMaterials = new Uint32Array(indices.length / 3 + 1);
  triangleMaterials.fill(1, indices.length / 3);
  indices.push(count, count + 1, count + 2);
  return plainScene({
    positions,
    uvs0,
    indices: Uint32Array.from(indices),
    triangleMaterials,
    materials: [flat(upright), backdrop(scene, material)],
    textures: scene.textures,
  });
}

/**
 * Draws the charts of a scene as they lie in the texture, v downwards: blue, or orange where they are mirrored, darker
 * where they overlap, the edges black. What lies outside 0–1 is not shown.
 */
export function drawUvLayout(scene: RenderScene, options: UvLayoutOptions): Picture {
  const { sizePx, uvSet = 0, material } = options;
  const layout = layoutScene(scene, uvSet === 1 ? scene.uvs1 : scene.uvs0, material);
  const camera = orthographicCamera([0.5, 0.5, 1], [0.5, 0.5, 0], 0.5);
  const [view] = renderViews(layout, [camera], {
    width: sizePx,
    height: sizePx,
    samples: 2,
    background: [1, 1, 1],
    backFaceColour: mirrored,
    wireframe: { widthPx: 0.6, colour: line },
  });
  return view!.picture;
}
