import { checkPicture, type Picture } from './picture.ts';

/** How two silhouettes `[height × width]` cover each other. */
export interface SilhouetteOverlap {
  /** Intersection over union, 0–1; 1 when both are empty. */
  readonly iou: number;
  /** Share of the first that the second lacks. */
  readonly lostShare: number;
  /** Share of the second that the first does not have. */
  readonly gainedShare: number;
  /** 1 where only one of the two is, `[height × width]`. */
  readonly map: Uint8Array;
}

/** Pixels that belong to what is shown: alpha of at least `alphaFrom` (1–255). 1 or 0, `[height × width]`. */
export function silhouetteOf(picture: Picture, alphaFrom = 128): Uint8Array {
  checkPicture(picture);
  const mask = new Uint8Array(picture.width * picture.height);
  for (let i = 0; i < mask.length; i++) mask[i] = picture.data[i * 4 + 3]! >= alphaFrom ? 1 : 0;
  return mask;
}

/** Share of the picture that a silhouette covers; 0 for one without pixels. */
export function coverageOf(mask: Uint8Array): number {
  let covered = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) covered++;
  return mask.length > 0 ? covered / mask.length : 0;
}

/**
 * Compares two silhouettes, values other than 0 being inside.
 *
 * @throws RangeError when they have different lengths.
 */
export function compareSilhouettes(a: Uint8Array, b: Uint8Array): SilhouetteOverlap {
  if (a.length !== b.length) throw new RangeError(`Silhouettes of ${a.length} and ${b.length} pixels differ in size.`);
  const map = new Uint8Array(a.length);
  let both = 0;
  let onlyA = 0;
  let onlyB = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== 0 && b[i] !== 0) both++;
    else if (a[i] !== 0) onlyA += map[i] = 1;
    else if (b[i] !== 0) onlyB += map[i] = 1;
  }
  const union = both + onlyA + onlyB;
  return {
    iou: union > 0 ? both / union : 1,
    lostShare: both + onlyA > 0 ? onlyA / (both + onlyA) : 0,
    gainedShare: both + onlyB > 0 ? onlyB / (both + onlyB) : 0,
    map,
  };
}
