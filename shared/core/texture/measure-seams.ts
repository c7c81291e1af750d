import type { Picture } from '../quality/metrics/picture.ts';
import { linearOfCode } from '../render/srgb-codes.ts';

/** A seam of a UV set: two places of the texture that meet on the surface. */
export interface Seams {
  /** `[seams × 12]`: u, v of start, end and opposite corner on one side, and on the other, with the same start and end. */
  readonly uv: Float32Array;
  /** Length of each on the surface, in metres. */
  readonly lengthsM: Float64Array;
  /** Cosine of the angle between the normals of both sides. */
  readonly cosines: Float64Array;
}

/** How well colours meet over seams. */
export interface SeamReport {
  /** Share of the length of the seams on smooth surface at which the colour steps; 0 without such seams. */
  readonly visibleShare: number;
  /** The seams that show, rising. */
  readonly visible: Uint32Array;
}

/** Texels from the edge to where a side is read: beyond the blend of its border texels; and to where its own grain is. */
const nearTexels = 1;
const innerTexels = 3;
/** Places along a seam that are read, one a texel. */
const mostPlaces = 16;
/** Step in OKLab, beyond what the texture does by itself, from which on a line shows: three just noticeable differences. */
const visibleStep = 0.06;

/** Cosine of 35°. At a sharper edge, such as where a wall meets the floor, colours are right to change. */
const smooth = 0.82;

type Lab = [number, number, number];

/** OKLab of a texel (Ottosson 2020), read with repeat and without filtering. */
function labAt({ width, height, data }: Picture, x: number, y: number, out: Lab): Lab {
  const column = ((Math.floor(x) % width) + width) % width;
  const row = ((Math.floor(y) % height) + height) % height;
  const at = (row * width + column) * 4;
  const r = linearOfCode[data[at]!]!;
  const g = linearOfCode[data[at + 1]!]!;
  const b = linearOfCode[data[at + 2]!]!;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  out[0] = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  out[1] = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  out[2] = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return out;
}

/** Start, direction along the edge and unit step inwards of one side, in texels. */
interface Side {
  readonly x: number;
  readonly y: number;
  readonly alongX: number;
  readonly alongY: number;
  readonly inX: number;
  readonly inY: number;
  /** Texels from the edge to the opposite corner. */
  readonly height: number;
  readonly length: number;
}

function sideOf(uv: Float32Array, at: number, { width, height }: Picture): Side | undefined {
  const x = uv[at]! * width;
  const y = uv[at + 1]! * height;
  const alongX = uv[at + 2]! * width - x;
  const alongY = uv[at + 3]! * height - y;
  const length = Math.sqrt(alongX * alongX + alongY * alongY);
  if (!(length > 0 && length < Infinity)) return undefined;
  const tall = ((uv[at + 4]! * width - x) * -alongY + (uv[at + 5]! * height - y) * alongX) / length;
  const turn = tall < 0 ? -1 : 1;
  return {
    ...{ x, y, alongX, alongY, length },
    inX: (turn * -alongY) / length,
    inY: (turn * alongX) / length,
    height: Math.abs(tall),
  };
}

const read: readonly Lab[] = [
  [0, 0, 0],
  [0, 0, 0],
  [0, 0, 0],
  [0, 0, 0],
];

const distance = (p: Lab, q: Lab): number => Math.sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2);

/**
 * The step over one seam less the texture’s own: the mean difference of both sides along it, against how much each side
 * changes within two texels of the edge. Sides too slim to be read give nothing.
 */
function stepOver(picture: Picture, a: Side, b: Side): number {
  const places = Math.max(1, Math.min(mostPlaces, Math.round(Math.min(a.length, b.length))));
  const mean: Lab = [0, 0, 0];
  let grain = 0;
  for (let i = 0; i < places; i++) {
    const t = (i + 0.5) / places;
    [a, b].forEach((side, k) => {
      const x = side.x + side.alongX * t;
      const y = side.y + side.alongY * t;
      labAt(picture, x + side.inX * nearTexels, y + side.inY * nearTexels, read[k * 2]!);
      labAt(picture, x + side.inX * innerTexels, y + side.inY * innerTexels, read[k * 2 + 1]!);
    });
    for (let k = 0; k < 3; k++) mean[k]! += (read[0]![k]! - read[2]![k]!) / places;
    grain += (distance(read[0]!, read[1]!) + distance(read[2]!, read[3]!)) / (2 * places);
  }
  return distance(mean, [0, 0, 0]) - grain;
}

/**
 * Finds seams that show as lines because the colours of their two sides do not meet. A texture’s own grain hides a step
 * as large as itself, and sharp edges are left out. Deterministic; a few microseconds a seam.
 */
export function measureSeams(picture: Picture, { uv, lengthsM, cosines }: Seams): SeamReport {
  const visible: number[] = [];
  let lengthM = 0;
  let visibleM = 0;
  for (let i = 0; i < lengthsM.length; i++) {
    if (cosines[i]! < smooth) continue;
    const a = sideOf(uv, i * 12, picture);
    const b = sideOf(uv, i * 12 + 6, picture);
    if (!a || !b || Math.min(a.height, b.height) < nearTexels) continue;
    lengthM += lengthsM[i]!;
    if (stepOver(picture, a, b) <= visibleStep) continue;
    visible.push(i);
    visibleM += lengthsM[i]!;
  }
  return { visibleShare: lengthM > 0 ? visibleM / lengthM : 0, visible: Uint32Array.from(visible) };
}
