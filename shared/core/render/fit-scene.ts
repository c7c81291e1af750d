import { boundsOf } from './orbit-views.ts';
import type { RenderScene } from './scene.ts';

/**
 * The same scene, its box centred on the origin and scaled so that its longest side is `sideM` metres: for cameras that
 * stand still. Normals and tangents are shared with the original.
 */
export function fitScene(scene: RenderScene, sideM: number): RenderScene {
  const { min, max, centre } = boundsOf(scene.positions);
  const longest = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const scale = longest > 0 ? sideM / longest : 1;
  const positions = new Float32Array(scene.positions.length);
  for (let i = 0; i < positions.length; i++) positions[i] = (scene.positions[i] - centre[i % 3]!) * scale;
  return { ...scene, positions };
}
