import { readGlb } from '../../shared/core/format/gltf-io.ts';
import { type SourceViews, seeSource } from '../../shared/core/quality/fidelity/compare-scenes.ts';
import { viewScene } from './view-scene.ts';

/** What deliveries are compared with. */
export interface JudgedSource extends SourceViews {
  /** Some of its images could not be decoded: its views are no measure of colours. */
  readonly incomplete: boolean;
}

/** The source that this thread drew last. */
let last: { readonly key: string; readonly source: JudgedSource } | undefined;

/**
 * The views of a source. The last one is kept, some 16 MB: the targets of a job, and the tries of a target, are compared
 * with the same views one after another.
 *
 * @param source - a GLB and its SHA-256, by which it is known again
 * @param sizePx - side of each view
 * @throws what reading the source throws
 */
export async function sourceViews(source: { glb: Uint8Array; sha256: string }, sizePx: number): Promise<JudgedSource> {
  const key = `${source.sha256} ${sizePx}`;
  if (last?.key === key) return last.source;
  last = undefined;
  const { scene, unreadImages } = await viewScene(await readGlb(source.glb));
  const seen = { ...seeSource(scene, sizePx), incomplete: unreadImages > 0 };
  last = { key, source: seen };
  return seen;
}
