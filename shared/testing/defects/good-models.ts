import { seededRandom } from '../seeded-pictures.ts';
import { goodShapes } from './good-shapes.ts';
import { type Model, mapPositions, type Part, placed } from './model.ts';
import { solidTexture } from './solid-texture.ts';
import { type Shape, unwrapByAxes } from './unwrap-by-axes.ts';

/** Between charts: eight texels of a texture of 512, which keep the first four mip levels apart. */
export const goodPadding = 8 / 512;

/** Factors on red, green and blue: stone, moss, wood, rust, slate, clay. */
const palettes = [
  [1, 1, 1],
  [0.6, 1.05, 0.5],
  [1.1, 0.8, 0.5],
  [1.25, 0.6, 0.45],
  [0.6, 0.85, 1.5],
  [1.2, 0.95, 0.9],
] as const;

/** The triangles of a shape that a test picks, with the points they use. */
function subset({ positions, indices }: Shape, wanted: (triangle: number) => boolean): Shape {
  const numbers = new Map<number, number>();
  const picked = [...indices].filter((_, corner) => wanted((corner / 3) | 0));
  for (const point of picked) if (!numbers.has(point)) numbers.set(point, numbers.size);
  return {
    positions: Float32Array.from(
      [...numbers.keys()].flatMap((point) => [...positions.subarray(point * 3, point * 3 + 3)]),
    ),
    indices: Uint32Array.from(picked, (point) => numbers.get(point) ?? 0),
  };
}

/** Below and above a height, where a model has two materials. */
function splitShape(shape: Shape, share: number): Shape[] {
  const heights = shape.positions.filter((_, i) => i % 3 === 1);
  const level = heights.reduce((most, y) => Math.max(most, y), 0) * share;
  const isLow = (t: number): boolean =>
    [0, 1, 2].reduce((sum, k) => sum + shape.positions[shape.indices[t * 3 + k] * 3 + 1], 0) / 3 < level;
  return [subset(shape, isLow), subset(shape, (t) => !isLow(t))].filter(({ indices }) => indices.length > 0);
}

/** Which good model to build. */
interface GoodModel {
  readonly name: string;
  readonly seed: number;
  readonly heightM: number;
  /** Cells along an edge, relative to some 2,000 triangles. */
  readonly fine: number;
  readonly textureSizePx: number;
  readonly materials: 1 | 2;
}

const heightsM = [0.25, 0.9, 1.7, 6];

/** Twelve shapes, each in three sizes and proportions. */
const goodModels: readonly GoodModel[] = Object.keys(goodShapes).flatMap((kind, k) =>
  [0, 1, 2].map((variant): GoodModel => {
    const seed = k * 3 + variant;
    return {
      name: `${kind} ${variant + 1}`,
      seed,
      heightM: heightsM[seed % heightsM.length],
      fine: [1, 1.2, 0.85][variant],
      textureSizePx: seed % 6 === 5 ? 1024 : 512,
      materials: seed % 3 === 1 ? 2 : 1,
    };
  }),
);

function build({ name, seed, heightM, fine, textureSizePx, materials }: GoodModel): Model {
  const random = seededRandom(seed + 1);
  const maker = goodShapes[name.split(' ')[0]];
  const shape = maker(random, fine);
  const pieces = materials === 2 ? splitShape(shape, 0.45) : [shape];
  const parts = pieces.map((piece, i): Part => {
    const part = { ...unwrapByAxes(piece, goodPadding), metallic: 0 };
    const palette = (seed + i * 3) % palettes.length;
    return { ...part, picture: solidTexture(part, textureSizePx, palettes[palette], 100 + palette) };
  });
  const model = placed({ name, parts });
  const height = model.parts
    .flatMap(({ positions }) => [...positions])
    .reduce((most, v, i) => (i % 3 === 1 ? Math.max(most, v) : most), 0);
  const scale = heightM / height;
  return mapPositions(model, (x, y, z) => [x * scale, y * scale, z * scale]);
}

/**
 * Models without a fault: closed, oriented, at the origin and of a size that things have; unwrapped without overlap, with
 * even density and gutters; textures with detail; all factors stated. Every `step`-th of the 36.
 */
export const buildGoodModels = (step = 1): Model[] => goodModels.filter((_, i) => i % step === 0).map(build);

/** A good model of about so many triangles. */
export const buildLargeModel = (triangles: number): Model =>
  build({ ...goodModels[0], name: 'dog large', fine: Math.sqrt(triangles / 1880), textureSizePx: 1024 });
