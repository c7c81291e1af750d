import type { Camera, Vec3 } from './camera.ts';
import type { Picture } from './picture.ts';
import { type FlatSplat, projectSplat, type SplatCamera } from './project-splat.ts';
import { sortByDepth } from './sort-by-depth.ts';
import type { SplatCloud } from './splat-cloud.ts';
import { splatColour } from './splat-colour.ts';
import { expNegative } from './stable-math.ts';

export interface SplatOptions {
  readonly width: number;
  readonly height: number;
  /** sRGB 0–1, since splats are trained to be blended in sRGB; the picture is transparent without one. */
  readonly background?: Vec3 | undefined;
}

export interface RenderedSplats {
  readonly picture: Picture;
  /** `[height × width]`: distance along the view axis, in metres, at which half the light is stopped; Infinity if none. */
  readonly depthM: Float32Array<ArrayBuffer>;
}

/** Fainter than one step of 255 is nothing; never quite opaque, so that what is behind keeps a gradient (Kerbl et al. 2023). */
const leastAlpha = 1 / 255;
const mostAlpha = 0.99;

/** A pixel that lets less light through than this is finished. */
const leastLight = 1e-4;

const tileShift = 4;
const tile = 1 << tileShift;

/** A picture being built from front to back. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Light that still passes, `[pixels]`. */
  readonly light: Float32Array;
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
  readonly depthM: Float32Array<ArrayBuffer>;
  /** Unfinished pixels of each tile of 16 × 16; 0 lets splats be passed over unseen. */
  readonly open: Uint16Array;
  readonly tilesAcross: number;
}

function newCanvas(width: number, height: number): Canvas {
  const count = width * height;
  const tilesAcross = Math.ceil(width / tile);
  const open = new Uint16Array(tilesAcross * Math.ceil(height / tile));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) open[(y >> tileShift) * tilesAcross + (x >> tileShift)]++;
  }
  return {
    width,
    height,
    light: new Float32Array(count).fill(1),
    red: new Float32Array(count),
    green: new Float32Array(count),
    blue: new Float32Array(count),
    depthM: new Float32Array(count).fill(Infinity),
    open,
    tilesAcross,
  };
}

/** Distances along the view axis; 0 for what is not to be drawn. Orthographic ones are shifted to be positive. */
function viewDistances(cloud: SplatCloud, camera: Camera): { distances: Float32Array; shift: number } {
  const { eye, back } = camera;
  const { positions, count, opacities } = cloud;
  const distances = new Float32Array(count);
  let least = Infinity;
  for (let i = 0; i < count; i++) {
    const x = positions[i * 3] - eye[0];
    const y = positions[i * 3 + 1] - eye[1];
    const z = positions[i * 3 + 2] - eye[2];
    distances[i] = -(back[0] * x + back[1] * y + back[2] * z);
    if (distances[i] < least) least = distances[i];
  }
  const perspective = camera.kind === 'perspective';
  const shift = perspective || !(least <= 0) ? 0 : 1 - least;
  for (let i = 0; i < count; i++) {
    const seen = opacities[i] >= leastAlpha && (!perspective || distances[i] >= camera.nearM);
    distances[i] = seen ? distances[i] + shift : 0;
  }
  return { distances, shift };
}

function hidden(canvas: Canvas, left: number, right: number, top: number, bottom: number): boolean {
  for (let y = top >> tileShift; y <= bottom >> tileShift; y++) {
    for (let x = left >> tileShift; x <= right >> tileShift; x++) {
      if (canvas.open[y * canvas.tilesAcross + x] > 0) return false;
    }
  }
  return true;
}

const colour = new Float64Array(3);

/** Adds one row of a splat; `reach` is the exponent at which it becomes too faint. */
function addRow(canvas: Canvas, splat: FlatSplat, y: number, reach: number, opacity: number, distance: number): void {
  const { width, light, red, green, blue, depthM } = canvas;
  const dy = y + 0.5 - splat.y;
  const across = splat.b * dy;
  const rest = splat.a * (2 * reach - splat.c * dy * dy) + across * across;
  if (!(rest > 0)) return;
  const half = Math.sqrt(rest);
  const from = Math.max(0, Math.ceil(splat.x + (-across - half) / splat.a - 0.5));
  const to = Math.min(width - 1, Math.floor(splat.x + (-across + half) / splat.a - 0.5));
  const base = 0.5 * splat.c * dy * dy;
  let at = y * width + from;
  for (let x = from; x <= to; x++, at++) {
    const before = light[at];
    if (before < leastLight) continue;
    const dx = x + 0.5 - splat.x;
    const covered = opacity * expNegative(Math.max(0, (0.5 * splat.a * dx + across) * dx + base));
    const alpha = Math.min(covered, mostAlpha);
    const share = alpha * before;
    red[at] += colour[0] * share;
    green[at] += colour[1] * share;
    blue[at] += colour[2] * share;
    const after = before - share;
    light[at] = after;
    if (before > 0.5 && after <= 0.5) depthM[at] = distance;
    if (after < leastLight) canvas.open[(y >> tileShift) * canvas.tilesAcross + (x >> tileShift)]--;
  }
}

/** Exponent at which an opacity falls below `leastAlpha`, by the quotient's logarithm: solved on the table itself. */
function reachOf(opacity: number): number {
  let low = 0;
  let high = 6;
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (opacity * expNegative(middle) >= leastAlpha) low = middle;
    else high = middle;
  }
  return low;
}

const opacitySteps = 1024;
const reaches = Float64Array.from({ length: opacitySteps + 1 }, (_, i) => reachOf(i / opacitySteps));

function drawSplat(
  cloud: SplatCloud,
  i: number,
  distance: number,
  view: SplatCamera,
  splat: FlatSplat,
  canvas: Canvas,
): void {
  if (!projectSplat(cloud, i, distance, view, splat)) return;
  const opacity = cloud.opacities[i];
  // The next larger entry: a pixel too many is drawn faintly, none is left out.
  const reach = reaches[Math.min(opacitySteps, Math.ceil(opacity * opacitySteps))];
  const halfWidth = Math.sqrt(2 * reach * splat.varX);
  const halfHeight = Math.sqrt(2 * reach * splat.varY);
  const left = Math.max(0, Math.ceil(splat.x - halfWidth - 0.5));
  const right = Math.min(canvas.width - 1, Math.floor(splat.x + halfWidth - 0.5));
  const top = Math.max(0, Math.ceil(splat.y - halfHeight - 0.5));
  const bottom = Math.min(canvas.height - 1, Math.floor(splat.y + halfHeight - 0.5));
  if (!(left <= right && top <= bottom) || hidden(canvas, left, right, top, bottom)) return;
  const { camera } = view;
  let x = cloud.positions[i * 3] - camera.eye[0];
  let y = cloud.positions[i * 3 + 1] - camera.eye[1];
  let z = cloud.positions[i * 3 + 2] - camera.eye[2];
  const length = camera.kind === 'perspective' ? Math.sqrt(x * x + y * y + z * z) : 0;
  x = length > 0 ? x / length : -camera.back[0];
  y = length > 0 ? y / length : -camera.back[1];
  z = length > 0 ? z / length : -camera.back[2];
  splatColour(cloud, i, x, y, z, colour);
  for (let row = top; row <= bottom; row++) addRow(canvas, splat, row, reach, opacity, distance);
}

function pictureOf(canvas: Canvas, background: Vec3 | undefined): Picture {
  const { width, height, light, red, green, blue } = canvas;
  const data = new Uint8Array(width * height * 4);
  const byte = (value: number): number => Math.floor(Math.min(1, Math.max(0, value)) * 255 + 0.5);
  for (let i = 0; i < width * height; i++) {
    const alpha = 1 - light[i];
    const scale = background !== undefined ? 1 : alpha > 0 ? 1 / alpha : 0;
    const rest = background !== undefined ? light[i] : 0;
    data[i * 4] = byte(red[i] * scale + rest * (background?.[0] ?? 0));
    data[i * 4 + 1] = byte(green[i] * scale + rest * (background?.[1] ?? 0));
    data[i * 4 + 2] = byte(blue[i] * scale + rest * (background?.[2] ?? 0));
    data[i * 4 + 3] = background !== undefined ? 255 : byte(alpha);
  }
  return { width, height, data };
}

function renderView(cloud: SplatCloud, camera: Camera, options: SplatOptions): RenderedSplats {
  const { width, height } = options;
  const canvas = newCanvas(width, height);
  const view: SplatCamera = { camera, width, height, scale: height / 2 / camera.halfHeight };
  const splat: FlatSplat = { x: 0, y: 0, a: 0, b: 0, c: 0, varX: 0, varY: 0 };
  const { distances, shift } = viewDistances(cloud, camera);
  for (const i of sortByDepth(distances)) drawSplat(cloud, i, distances[i] - shift, view, splat, canvas);
  return { picture: pictureOf(canvas, options.background), depthM: canvas.depthM };
}

/**
 * Draws Gaussian splats from each camera: projected one by one, sorted by distance, blended from front to back until a
 * pixel is full. Arguments and result are plain data; same input, same bytes. The camera stands in the axes of the
 * cloud: see `turnedCamera` for files whose Y points down.
 */
export function renderSplats(cloud: SplatCloud, cameras: readonly Camera[], options: SplatOptions): RenderedSplats[] {
  return cameras.map((camera) => renderView(cloud, camera, options));
}
