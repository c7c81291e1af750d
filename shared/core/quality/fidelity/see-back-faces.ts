import type { Camera } from '../../render/camera.ts';
import { renderViews } from '../../render/render-views.ts';
import type { RenderScene } from '../../render/scene.ts';

/** What a view sees when back faces are not left out, at `sidesSizePx`. */
export interface SeenSides {
  /** How many pixels see the model. */
  readonly surface: number;
  /** The nearest surface is the back of a face whose material has one side: a hole in the picture. */
  readonly holes: number;
  /** The same where the material has two sides: the inside shows, drawn. */
  readonly insides: number;
  /** Triangles of the holes, rising. */
  readonly holeTriangles: Uint32Array;
  /** Triangle of the scene that each pixel sees, −1 for none. */
  readonly triangles: Int32Array;
  /** Distance along the view axis in metres; Infinity for none. */
  readonly depthM: Float32Array;
}

/** Small: shares and places are wanted, not pictures. */
export const sidesSizePx = 256;

/** Tells from which side the nearest surfaces are seen, view by view. */
export function seeBackFaces(scene: RenderScene, cameras: readonly Camera[]): SeenSides[] {
  const [width, height] = [sidesSizePx, sidesSizePx];
  const options = { width, height, surface: 'clay', backFaces: 'draw', buffers: 'visibility' } as const;
  return renderViews(scene, cameras, options).map(({ buffers }) => {
    const { triangles, facing, depthM } = buffers!;
    let [surface, holes, insides] = [0, 0, 0];
    const found = new Set<number>();
    for (let i = 0; i < facing.length; i++) {
      if (facing[i] === 0) continue;
      surface++;
      if (facing[i] === 1) continue;
      if (scene.materials[scene.triangleMaterials[triangles[i]]]!.doubleSided) insides++;
      else {
        holes++;
        found.add(triangles[i]);
      }
    }
    return { surface, holes, insides, holeTriangles: Uint32Array.from(found).sort(), triangles, depthM };
  });
}
