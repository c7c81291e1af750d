import { readGlb } from '../../shared/core/format/gltf-io.ts';
import { isSplatFile } from '../../shared/core/format/sniff-format.ts';
import type { Camera } from '../../shared/core/render/camera.ts';
import { type Bounds, boundsOf } from '../../shared/core/render/orbit-views.ts';
import type { Picture } from '../../shared/core/render/picture.ts';
import { readSplatPly } from '../../shared/core/render/read-splat-ply.ts';
import { renderSplats } from '../../shared/core/render/render-splats.ts';
import { renderViews } from '../../shared/core/render/render-views.ts';
import { splatBounds } from '../../shared/core/render/splat-bounds.ts';
import { codeOfLinear } from '../../shared/core/render/srgb-codes.ts';
import type { PresentedFacts } from '../../shared/ports/index.ts';
import { DispatchRecipe } from '../../shared/schema/index.ts';
import { normalise } from './normalise.ts';
import { viewScene } from './view-scene.ts';

export interface PresentedFile {
  readonly bytes: Uint8Array;
  readonly filename?: string;
}

/** What is shown, whether surfaces or splats. */
export interface Subject {
  readonly facts: PresentedFacts;
  readonly bounds: Bounds;
  /** Decoded and set right, for another renderer; undefined for splats. */
  readonly glb: Uint8Array | undefined;
  draw(cameras: readonly Camera[], sizePx: number): Picture[];
}

/** A light grey, linear: whites and blacks stand out from it. */
export const backdrop = [0.7, 0.7, 0.72] as const;
/** The same for splats, which are blended in sRGB, 0–1. */
const splatBackdrop = [codeOfLinear(0.7) / 255, codeOfLinear(0.7) / 255, codeOfLinear(0.72) / 255] as const;

/**
 * Reads any file that is taken as a source, or Gaussian splats in a PLY, to be drawn.
 * @throws what reading a source or a cloud of splats throws
 */
export async function openSubject({ bytes, filename }: PresentedFile): Promise<Subject> {
  const file = { fileName: filename, sizeBytes: bytes.byteLength };
  if (isSplatFile(bytes)) {
    const cloud = readSplatPly(bytes);
    return {
      facts: { ...file, splats: cloud.count },
      bounds: splatBounds(cloud),
      glb: undefined,
      draw: (cameras, sizePx) =>
        renderSplats(cloud, cameras, { width: sizePx, height: sizePx, background: splatBackdrop }).map(
          ({ picture }) => picture,
        ),
    };
  }
  const recipe = DispatchRecipe.parse({});
  const { glb, stats } = await normalise({ bytes, recipe, ...(filename === undefined ? {} : { filename }) });
  const { scene } = await viewScene(await readGlb(glb));
  return {
    facts: { ...file, triangles: stats.triangles },
    bounds: boundsOf(scene.positions),
    glb,
    draw: (cameras, sizePx) =>
      renderViews(scene, cameras, { width: sizePx, height: sizePx, samples: 2, background: backdrop }).map(
        ({ picture }) => picture,
      ),
  };
}
