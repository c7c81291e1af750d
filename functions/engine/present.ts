import { readGlb } from '../../shared/core/format/gltf-io.ts';
import { isSplatFile } from '../../shared/core/format/sniff-format.ts';
import type { Camera } from '../../shared/core/render/camera.ts';
import {
  type Bounds,
  boundsOf,
  type Direction,
  orbitCamera,
  ringDirections,
} from '../../shared/core/render/orbit-views.ts';
import type { Picture } from '../../shared/core/render/picture.ts';
import { pictureSheet } from '../../shared/core/render/picture-sheet.ts';
import { readSplatPly } from '../../shared/core/render/read-splat-ply.ts';
import { renderSplats } from '../../shared/core/render/render-splats.ts';
import { renderViews } from '../../shared/core/render/render-views.ts';
import { splatBounds } from '../../shared/core/render/splat-bounds.ts';
import { codeOfLinear } from '../../shared/core/render/srgb-codes.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { GatePicture } from '../../shared/ports/index.ts';
import { DispatchRecipe, type ReportPicture } from '../../shared/schema/index.ts';
import { sharp } from './images.ts';
import { normalise } from './normalise.ts';
import { viewScene } from './view-scene.ts';

export interface PresentedFile {
  readonly bytes: Uint8Array;
  readonly filename?: string;
}

/** What is shown, whether surfaces or splats. */
interface Subject {
  readonly bounds: Bounds;
  draw(cameras: readonly Camera[], sizePx: number): Picture[];
}

export interface PresentOptions {
  /** What it was made of, for a sheet of both. */
  readonly source?: PresentedFile | undefined;
  /** Of the turntable. */
  readonly frames?: number;
  /** Side of the thumbnail; the turntable has three quarters of it, the pictures of a sheet five eighths. */
  readonly sizePx?: number;
}

/** A light grey, linear: whites and blacks stand out from it. */
const backdrop = [0.7, 0.7, 0.72] as const;
/** The same for splats, which are blended in sRGB, 0–1. */
const splatBackdrop = [codeOfLinear(0.7) / 255, codeOfLinear(0.7) / 255, codeOfLinear(0.72) / 255] as const;
const sheetColour = [240, 241, 243] as const;

/** One turn: with 36 frames steps of 10°, smooth enough to follow a detail around. */
const turnMs = 4000;
const turntableElevation = 15;
const gapPx = 12;

/** From the front and to the right of it, a little from above: shows depth. */
const portrait: Direction = { azimuth: 30, elevation: 20 };
const sheetDirections: readonly Direction[] = [
  ...ringDirections(4, 0),
  { azimuth: 45, elevation: 30 },
  { azimuth: 225, elevation: 30 },
  { azimuth: 0, elevation: 90 },
  { azimuth: 0, elevation: -90 },
];

async function openSubject({ bytes, filename }: PresentedFile): Promise<Subject> {
  if (isSplatFile(bytes)) {
    const cloud = readSplatPly(bytes);
    return {
      bounds: splatBounds(cloud),
      draw: (cameras, sizePx) =>
        renderSplats(cloud, cameras, { width: sizePx, height: sizePx, background: splatBackdrop }).map(
          ({ picture }) => picture,
        ),
    };
  }
  const recipe = DispatchRecipe.parse({});
  const { glb } = await normalise({ bytes, recipe, ...(filename === undefined ? {} : { filename }) });
  const { scene } = await viewScene(await readGlb(glb));
  return {
    bounds: boundsOf(scene.positions),
    draw: (cameras, sizePx) =>
      renderViews(scene, cameras, { width: sizePx, height: sizePx, samples: 2, background: backdrop }).map(
        ({ picture }) => picture,
      ),
  };
}

/** Pictures of one size as a WebP; more than one become an animation that goes on for ever. */
async function encode(frames: readonly Picture[], delayMs?: number): Promise<Uint8Array> {
  const { width, height } = frames[0]!;
  const data = Buffer.concat(frames.map((frame) => frame.data));
  const raw = { width, height: height * frames.length, channels: 4 as const };
  if (delayMs === undefined) return new Uint8Array(await sharp(data, { raw }).webp({ quality: 85 }).toBuffer());
  const delay = frames.map(() => delayMs);
  return new Uint8Array(
    await sharp(data, { raw: { ...raw, pageHeight: height } })
      .webp({ quality: 75, loop: 0, delay })
      .toBuffer(),
  );
}

type About = Pick<ReportPicture, 'name' | 'role' | 'caption'>;

async function drawn(about: About, frames: readonly Picture[], delayMs?: number): Promise<GatePicture> {
  const bytes = await encode(frames, delayMs);
  const { width, height } = frames[0]!;
  const meta: ReportPicture = {
    ...about,
    ...{ contentType: 'image/webp', widthPx: width, heightPx: height },
    ...{ sha256: sha256Hex(bytes), sizeBytes: bytes.byteLength, driver: 'cpu' },
  };
  return { meta, bytes };
}

const sheetOf = (pictures: readonly Picture[]): Picture =>
  pictureSheet(pictures, { columns: 4, gapPx, colour: sheetColour });

/** The source above the delivery, from four sides, both at the scale of the delivery. */
function beforeAfter(before: Subject, after: Subject, tilePx: number): Picture {
  const cameras = ringDirections(4, portrait.elevation, portrait.azimuth).map((direction) =>
    orbitCamera(after.bounds, direction),
  );
  return sheetOf([...before.draw(cameras, tilePx), ...after.draw(cameras, tilePx)]);
}

/**
 * Pictures to show a model with, as WebP: a thumbnail, a turntable (36 frames, one turn in 4 s), a sheet of eight sides,
 * and, with a source, a sheet of both. Any file that is taken as a source, and Gaussian splats in a PLY. Same files,
 * same bytes.
 * @throws what reading a source or a cloud of splats throws
 */
export async function present(file: PresentedFile, options: PresentOptions = {}): Promise<GatePicture[]> {
  const { frames = 36, sizePx = 512 } = options;
  const tilePx = Math.round((sizePx * 5) / 8);
  const subject = await openSubject(file);
  const before = options.source && (await openSubject(options.source));
  const draw = (directions: readonly Direction[], size: number): Picture[] =>
    subject.draw(
      directions.map((direction) => orbitCamera(subject.bounds, direction)),
      size,
    );
  const around = draw(ringDirections(frames, turntableElevation), Math.round((sizePx * 3) / 4));
  const sides = sheetOf(draw(sheetDirections, tilePx));
  const both = before && beforeAfter(before, subject, tilePx);
  const about = {
    thumbnail: { name: 'thumbnail', role: 'thumbnail', caption: 'The model' },
    turntable: { name: 'turntable', role: 'turntable', caption: 'Once around the model' },
    sides: { name: 'contact-sheet', role: 'sheet', caption: 'Front, right, back, left; two corners; above, below' },
    both: { name: 'before-after', role: 'sheet', caption: 'Upper row: the source; lower row: the delivered model' },
  } as const;
  return [
    await drawn(about.thumbnail, draw([portrait], sizePx)),
    await drawn(about.turntable, around, Math.round(turnMs / frames)),
    await drawn(about.sides, [sides]),
    ...(both ? [await drawn(about.both, [both])] : []),
  ];
}
