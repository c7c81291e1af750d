import type { Camera, Vec3 } from './camera.ts';
import { type GeometryBuffers, geometryBuffers } from './geometry-buffers.ts';
import { type Picture, resolvePicture } from './picture.ts';
import { allocateProjection, type ProjectedVertices, projectVertices } from './project-vertices.ts';
import {
  allocateVisibility,
  bothSides,
  clearVisibility,
  frontSide,
  noSurface,
  rasteriseTriangle,
  type SampleTest,
  type Visibility,
} from './rasterise.ts';
import type { RenderMaterial, RenderScene } from './scene.ts';
import { defaultStyle, type Style } from './style.ts';
import { type SurfacePainter, surfacePainter } from './surface-painter.ts';

export interface RenderOptions extends Partial<Style> {
  /** Of each picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Samples along each side of a pixel; 1 if not given. */
  readonly samples?: number;
  /** Linear colour; the picture is transparent without one. */
  readonly background?: Vec3 | undefined;
  /** Buffers besides the picture: none, what is seen where, or barycentrics and normals as well. */
  readonly buffers?: 'none' | 'visibility' | 'surfaces';
}

export interface RenderedView {
  readonly picture: Picture;
  /** Undefined unless asked for. */
  readonly buffers: GeometryBuffers | undefined;
}

/** Memory of one view, used again for the next. */
interface Canvas {
  readonly vertices: ProjectedVertices;
  readonly seen: Visibility;
  /** Linear, alpha multiplied in, `[samples × 4]`. */
  readonly colours: Float32Array;
  readonly samples: number;
}

const nearOf = (camera: Camera): number | undefined => (camera.kind === 'perspective' ? camera.nearM : undefined);

const sidesOf = (material: RenderMaterial, style: Style): number =>
  style.backFaces === 'draw' || material.doubleSided ? bothSides : frontSide;

/** Fills the visibility with everything that hides what is behind it. Returns the triangles to be blended over it. */
function drawOpaque(
  scene: RenderScene,
  camera: Camera,
  style: Style,
  canvas: Canvas,
  painter: SurfacePainter,
): number[] {
  const blended: number[] = [];
  const { vertices, seen } = canvas;
  const near = nearOf(camera);
  const sides = scene.materials.map((material) => sidesOf(material, style));
  // Only the materials as they are know transparency; clay, normals and heat show the whole shape.
  const modes = scene.materials.map(({ alphaMode }) =>
    style.surface === 'lit' || style.surface === 'unlit' || alphaMode === 'mask' ? alphaMode : 'opaque',
  );
  const tests = scene.materials.map(({ alphaCutoff }, i): SampleTest | undefined =>
    modes[i] === 'mask' ? (surface, x, y) => painter.alpha(surface, x + 0.5, y + 0.5) >= alphaCutoff : undefined,
  );
  for (let t = 0; t < scene.triangleMaterials.length; t++) {
    const m = scene.triangleMaterials[t];
    if (modes[m] === 'blend') blended.push(t);
    else rasteriseTriangle(seen, vertices, scene.indices, t, sides[m]!, near, tests[m]);
  }
  return blended;
}

function putColour(colours: Float32Array, at: number, colour: Float64Array): void {
  const alpha = colour[3];
  colours[at] = colour[0] * alpha;
  colours[at + 1] = colour[1] * alpha;
  colours[at + 2] = colour[2] * alpha;
  colours[at + 3] = alpha;
}

const colour = new Float64Array(4);

/**
 * Colours one pixel: each surface in it is painted once, at the middle of its samples. Light is smooth within a pixel
 * where edges are not, so that four samples cost little more than one.
 */
function paintPixel(canvas: Canvas, x: number, y: number, painter: SurfacePainter): void {
  const { seen, colours, samples } = canvas;
  const { width, surface } = seen;
  const first = y * samples * width + x * samples;
  const count = samples * samples;
  for (let s = 0; s < count; s++) {
    const at = first + Math.floor(s / samples) * width + (s % samples);
    const label = surface[at];
    // An alpha above zero tells that an earlier sample of the same surface painted this one.
    if (label === noSurface || colours[at * 4 + 3] > 0) continue;
    let members = 0;
    let sumX = 0;
    let sumY = 0;
    for (let r = s; r < count; r++) {
      const other = first + Math.floor(r / samples) * width + (r % samples);
      if (surface[other] !== label) continue;
      members++;
      sumX += r % samples;
      sumY += Math.floor(r / samples);
    }
    painter.paint(label, x * samples + sumX / members + 0.5, y * samples + sumY / members + 0.5, colour);
    for (let r = s; r < count; r++) {
      const other = first + Math.floor(r / samples) * width + (r % samples);
      if (surface[other] === label) putColour(colours, other * 4, colour);
    }
  }
}

/** The same for one sample a pixel, without the search. */
function paintSamples(canvas: Canvas, painter: SurfacePainter): void {
  const { seen, colours } = canvas;
  for (let y = 0, i = 0; y < seen.height; y++) {
    for (let x = 0; x < seen.width; x++, i++) {
      const label = seen.surface[i];
      if (label === noSurface) continue;
      painter.paint(label, x + 0.5, y + 0.5, colour);
      putColour(colours, i * 4, colour);
    }
  }
}

function paintOpaque(canvas: Canvas, painter: SurfacePainter): void {
  canvas.colours.fill(0);
  if (canvas.samples === 1) {
    paintSamples(canvas, painter);
    return;
  }
  for (let y = 0; y < canvas.seen.height / canvas.samples; y++) {
    for (let x = 0; x < canvas.seen.width / canvas.samples; x++) paintPixel(canvas, x, y, painter);
  }
}

/** From here on a blended surface counts as seen: it enters depth and triangle buffers. */
const solidAlpha = 0.5;

/** Draws triangles over what is there, the farthest first, by the sum of their corners' nearness. */
function drawBlended(
  triangles: number[],
  scene: RenderScene,
  camera: Camera,
  style: Style,
  canvas: Canvas,
  painter: SurfacePainter,
): void {
  const { vertices, seen, colours } = canvas;
  const nearness = new Float64Array(scene.triangleMaterials.length);
  for (const t of triangles) {
    for (let k = 0; k < 3; k++) nearness[t] += vertices.nearness[scene.indices[t * 3 + k]];
  }
  const order = Uint32Array.from(triangles).sort((p, q) => nearness[p] - nearness[q] || p - q);
  const blend: SampleTest = (surface, x, y) => {
    painter.paint(surface, x + 0.5, y + 0.5, colour);
    const at = (y * seen.width + x) * 4;
    const alpha = colour[3];
    for (let k = 0; k < 3; k++) colours[at + k] = colour[k] * alpha + colours[at + k] * (1 - alpha);
    colours[at + 3] = alpha + colours[at + 3] * (1 - alpha);
    return alpha >= solidAlpha;
  };
  for (const t of order) {
    const sides = sidesOf(scene.materials[scene.triangleMaterials[t]]!, style);
    rasteriseTriangle(seen, vertices, scene.indices, t, sides, nearOf(camera), blend);
  }
}

function renderView(scene: RenderScene, camera: Camera, options: RenderOptions, canvas: Canvas): RenderedView {
  const style: Style = { ...defaultStyle, ...options };
  const { seen, vertices, samples } = canvas;
  projectVertices(scene.positions, camera, seen.width, seen.height, vertices);
  clearVisibility(seen);
  const painter = surfacePainter(scene, vertices, camera, style, samples);
  const blended = drawOpaque(scene, camera, style, canvas, painter);
  paintOpaque(canvas, painter);
  if (blended.length > 0) drawBlended(blended, scene, camera, style, canvas, painter);
  const { width, height, background, buffers = 'none' } = options;
  return {
    picture: resolvePicture(canvas.colours, width, height, samples, background),
    buffers: buffers === 'none' ? undefined : geometryBuffers(scene, vertices, camera, seen, buffers === 'surfaces'),
  };
}

/**
 * Draws a scene from each camera. Same scene, cameras and options, same bytes, on every machine and however the views
 * are split over threads: the arguments and the result are plain data. No tone mapping: colours above 1 are cut.
 */
export function renderViews(scene: RenderScene, cameras: readonly Camera[], options: RenderOptions): RenderedView[] {
  const { samples = 1 } = options;
  const width = options.width * samples;
  const height = options.height * samples;
  const canvas: Canvas = {
    vertices: allocateProjection(scene.positions.length / 3),
    seen: allocateVisibility(width, height),
    colours: new Float32Array(width * height * 4),
    samples,
  };
  return cameras.map((camera) => renderView(scene, camera, options, canvas));
}
