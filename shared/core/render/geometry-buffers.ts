import type { Camera } from './camera.ts';
import type { ProjectedVertices } from './project-vertices.ts';
import { noSurface, type Visibility } from './rasterise.ts';
import type { RenderScene } from './scene.ts';
import { newSurfacePoint, surfaceAt } from './surface-point.ts';

/** What each sample sees, apart from its colour. All arrays are `[height × width × …]`, rows from the top. */
export interface GeometryBuffers {
  /** In samples: the picture's size times its samples a side. */
  readonly width: number;
  readonly height: number;
  /** Distance along the view axis in metres; Infinity where nothing is. */
  readonly depthM: Float32Array<ArrayBuffer>;
  /** Triangle of the scene, −1 where nothing is. */
  readonly triangles: Int32Array<ArrayBuffer>;
  /** 0 nothing, 1 the front of a face, 2 its back. */
  readonly facing: Uint8Array<ArrayBuffer>;
  /** `× 3`: perspective-correct weights of the triangle's corners; empty unless asked for. */
  readonly barycentrics: Float32Array<ArrayBuffer>;
  /** `× 3`: unit normal in world space towards the eye, without normal map; empty unless asked for. */
  readonly normals: Float32Array<ArrayBuffer>;
}

/** Copies the visibility of one view into buffers of its own. `surfaces` adds barycentrics and normals. */
export function geometryBuffers(
  scene: RenderScene,
  vertices: ProjectedVertices,
  camera: Camera,
  seen: Visibility,
  surfaces: boolean,
): GeometryBuffers {
  const { width, height } = seen;
  const count = width * height;
  const depthM = new Float32Array(count).fill(Infinity);
  const triangles = new Int32Array(count).fill(-1);
  const facing = new Uint8Array(count);
  const barycentrics = new Float32Array(surfaces ? count * 3 : 0);
  const normals = new Float32Array(surfaces ? count * 3 : 0);
  const point = newSurfacePoint();
  for (let i = 0; i < count; i++) {
    const surface = seen.surface[i];
    if (surface === noSurface) continue;
    const back = surface & 1;
    depthM[i] = camera.kind === 'perspective' ? 1 / seen.nearness[i] : -seen.nearness[i];
    triangles[i] = surface >>> 1;
    facing[i] = 1 + back;
    if (!surfaces) continue;
    surfaceAt(scene, vertices, surface >>> 1, (i % width) + 0.5, Math.floor(i / width) + 0.5, 1, point);
    for (let k = 0; k < 3; k++) {
      barycentrics[i * 3 + k] = point.weights[k];
      normals[i * 3 + k] = back ? -point.normal[k] : point.normal[k];
    }
  }
  return { width, height, depthM, triangles, facing, barycentrics, normals };
}
