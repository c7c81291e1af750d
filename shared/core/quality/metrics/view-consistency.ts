import { lumaOf } from './luma-of.ts';
import { checkPicture, type Picture } from './picture.ts';

/** A view of an object and its silhouette (not 0), `[height × width]`. */
export interface MaskedView {
  readonly picture: Picture;
  readonly mask: Uint8Array;
}

/** How alike two views are. */
export interface ViewLikeness {
  /** Likeness of the colours’ places, 0–1. */
  readonly layout: number;
  /** Correlation of what is drawn inside the silhouettes, −1 to 1, of either the view or its mirror image. */
  readonly detail: number;
}

export interface ViewConsistency {
  /** How strongly the front is repeated where it should not be: 0 nothing to report, 1 the very same picture. */
  readonly repetition: number;
  /** Which view repeats the front most. */
  readonly repeatedAt: number;
  /** Each other view against the front, in the order of the views; `views[0]` against itself is left out. */
  readonly toFront: readonly ViewLikeness[];
  /** Standard deviation of luma inside the front, 0–255: without detail nothing can be repeated. */
  readonly frontDetail: number;
}

/** Cells along the side of the thumbnail that silhouettes are fitted to. */
const cells = 24;
/** Cells that a repeated front may be shifted by. */
const shift = 2;
/** Below this deviation of luma a front is plain. */
const plainDetail = 6;
/** Differences of colour from which on two cells have nothing in common, 0–255. */
const unlike = 96;

/** A view shrunk to its silhouette’s box: mean colour, detail (luma without its row’s trend) and cover of each cell. */
interface Thumbnail {
  readonly rgb: Float64Array;
  readonly detail: Float64Array;
  readonly cover: Float64Array;
}

function boxOf({ picture: { width }, mask }: MaskedView): readonly [number, number, number, number] {
  let [left, top, right, bottom] = [width, Infinity, -1, -1];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const x = i % width;
    const y = (i - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [left, top, right, bottom];
}

function shrink(view: MaskedView): Thumbnail {
  const { picture, mask } = view;
  const [left, top, right, bottom] = boxOf(view);
  const cover = new Float64Array(cells * cells);
  const rgb = new Float64Array(cells * cells * 3);
  const pixels = new Float64Array(cells * cells);
  for (let y = top; y <= bottom; y++) {
    const row = Math.floor(((y - top) * cells) / (bottom - top + 1));
    for (let x = left; x <= right; x++) {
      const cell = row * cells + Math.floor(((x - left) * cells) / (right - left + 1));
      const at = y * picture.width + x;
      pixels[cell]!++;
      if (mask[at] === 0) continue;
      cover[cell]!++;
      for (let c = 0; c < 3; c++) rgb[cell * 3 + c]! += picture.data[at * 4 + c]!;
    }
  }
  for (let cell = 0; cell < cover.length; cell++) {
    for (let c = 0; c < 3; c++) rgb[cell * 3 + c]! /= Math.max(1, cover[cell]!);
    cover[cell]! /= Math.max(1, pixels[cell]!);
  }
  return { rgb, cover, detail: detailOf(rgb, cover) };
}

/**
 * Luma of each cell less the mean of its row: hair over face over coat is the same from all sides of an honest figure;
 * eyes left and right of a nose are not.
 */
function detailOf(rgb: Float64Array, cover: Float64Array): Float64Array {
  const detail = new Float64Array(cells * cells);
  for (let y = 0; y < cells; y++) {
    let sum = 0;
    let weight = 0;
    for (let i = y * cells; i < (y + 1) * cells; i++) {
      detail[i] = 0.299 * rgb[i * 3]! + 0.587 * rgb[i * 3 + 1]! + 0.114 * rgb[i * 3 + 2]!;
      sum += cover[i]! * detail[i]!;
      weight += cover[i]!;
    }
    for (let i = y * cells; i < (y + 1) * cells; i++) detail[i] = cover[i]! > 0 ? detail[i]! - sum / weight : 0;
  }
  return detail;
}

/** Correlation of detail where both views have cells, the second moved by `move` cells and perhaps mirrored. */
function correlate(a: Thumbnail, b: Thumbnail, move: number, mirrored: boolean): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let y = 0; y < cells; y++) {
    for (let x = 0; x < cells; x++) {
      const from = (mirrored ? cells - 1 - x : x) + move;
      if (from < 0 || from >= cells) continue;
      const i = y * cells + x;
      const j = y * cells + from;
      const weight = a.cover[i]! * b.cover[j]!;
      ab += weight * a.detail[i]! * b.detail[j]!;
      aa += weight * a.detail[i]! ** 2;
      bb += weight * b.detail[j]! ** 2;
    }
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function compare(a: Thumbnail, b: Thumbnail): ViewLikeness {
  let detail = -1;
  for (let move = -shift; move <= shift; move++) {
    detail = Math.max(detail, correlate(a, b, move, false), correlate(a, b, move, true));
  }
  let alike = 0;
  let weight = 0;
  for (let i = 0; i < cells * cells; i++) {
    const both = Math.min(a.cover[i]!, b.cover[i]!);
    let difference = 0;
    for (let c = 0; c < 3; c++) difference += Math.abs(a.rgb[i * 3 + c]! - b.rgb[i * 3 + c]!) / 3;
    alike += both * Math.max(0, 1 - difference / unlike);
    weight += Math.max(a.cover[i]!, b.cover[i]!);
  }
  return { layout: weight > 0 ? alike / weight : 0, detail };
}

function deviationInside({ picture, mask }: MaskedView): number {
  const luma = lumaOf(picture).filter((_, i) => mask[i] !== 0);
  const mean = luma.reduce((sum, value) => sum + value, 0) / Math.max(1, luma.length);
  return Math.sqrt(luma.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, luma.length));
}

/**
 * Looks for a front that is repeated on other sides (the “Janus” fault of generators), without a learned embedder:
 * views around the vertical axis, evenly spaced, unlit, `views[0]` the front. Each other view from 90° on is compared
 * with the front inside its silhouette; the best match, less the median match of all others, is the repetition. That
 * median is what an honest object shares with itself, so bodies of revolution score near 0. A warning at most.
 *
 * @throws RangeError with fewer than four views, or masks that do not fit.
 */
export function measureViewConsistency(views: readonly MaskedView[]): ViewConsistency {
  if (views.length < 4) throw new RangeError(`${views.length} views do not go around an object.`);
  for (const { picture, mask } of views) {
    checkPicture(picture);
    if (mask.length !== picture.width * picture.height) throw new RangeError('A mask does not fit its view.');
  }
  const thumbnails = views.map(shrink);
  const toFront = thumbnails.slice(1).map((other) => compare(thumbnails[0]!, other));
  const frontDetail = deviationInside(views[0]!);
  const far = toFront.flatMap(({ detail, layout }, i) => {
    const turn = (i + 1) / views.length;
    return turn >= 0.25 && turn <= 0.75 ? [{ view: i + 1, match: Math.max(0, detail) * layout }] : [];
  });
  far.sort((a, b) => b.match - a.match || a.view - b.view);
  const [best, ...others] = far;
  const usual = others[Math.floor(others.length / 2)]!;
  const repetition = frontDetail < plainDetail ? 0 : best!.match - usual.match;
  return { repetition, repeatedAt: best!.view, toFront, frontDetail };
}
