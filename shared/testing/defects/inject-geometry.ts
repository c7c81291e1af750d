import { goodPadding } from './good-models.ts';
import { plainBox } from './good-shapes.ts';
import {
  areaOf,
  areaVectorOf,
  boundsOf,
  cornerOf,
  type Model,
  mapParts,
  mapPositions,
  nearestTriangles,
  type Part,
  type Place,
  randomPoint,
  withTriangles,
} from './model.ts';
import { type Shape, unwrapByAxes } from './unwrap-by-axes.ts';

/** Weak, medium, strong. */
export type Strength = 0 | 1 | 2;

/** Puts a defect into a model. Same model, strength and random numbers, same result; the model is not mutated. */
export type Inject = (model: Model, strength: Strength, random: () => number) => Model;

const totalArea = (model: Model): number =>
  model.parts.reduce((sum, part) => {
    for (let t = 0; t < part.indices.length / 3; t++) sum += areaOf(part, t);
    return sum;
  }, 0);

/** The model with one more part, unwrapped on a texture of its own. */
function withPiece(model: Model, shape: Shape): Model {
  const [{ picture, metallic }] = model.parts;
  return { ...model, parts: [...model.parts, { ...unwrapByAxes(shape, goodPadding), picture, metallic }] };
}

function joined(shapes: readonly Shape[]): Shape {
  let shift = 0;
  const indices = shapes.flatMap((shape) => {
    const moved = [...shape.indices].map((index) => index + shift);
    shift += shape.positions.length / 3;
    return moved;
  });
  const positions = Float32Array.from(shapes.flatMap((shape) => [...shape.positions]));
  return { positions, indices: Uint32Array.from(indices) };
}

const turnedOver = ({ positions, indices }: Shape): Shape => ({
  positions,
  indices: indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]),
});

/** The triangles nearest to a random place that have a share of the area together, one at least. */
function patch(model: Model, share: number, random: () => number): Place[] {
  const wanted = totalArea(model) * share;
  const found: Place[] = [];
  let area = 0;
  for (const place of nearestTriangles(model, randomPoint(model, random).point)) {
    if (found.length > 0 && area >= wanted) break;
    found.push(place);
    area += areaOf(model.parts[place.part], place.triangle);
  }
  return found;
}

const isIn = (places: readonly Place[]): ((part: number, triangle: number) => boolean) => {
  const keys = new Set(places.map(({ part, triangle }) => `${part} ${triangle}`));
  return (part, triangle) => keys.has(`${part} ${triangle}`);
};

const numbers = (part: Part): number[] => Array.from({ length: part.indices.length / 3 }, (_, t) => t);

/** Cubes of half to one per cent of the diagonal, in the air around the model. */
export const addFloaters: Inject = (model, strength, random) => {
  const { min, max, diagonalM } = boundsOf(model);
  const cubes = Array.from({ length: [1, 4, 12][strength] }, () => {
    const angle = random() * 2 * Math.PI;
    const away = diagonalM * (0.5 + random() * 0.1);
    const half = diagonalM * (0.003 + random() * 0.003);
    const y = min[1] + (0.2 + 0.7 * random()) * (max[1] - min[1]);
    return plainBox([away * Math.cos(angle), y, away * Math.sin(angle)], [half, half, half]);
  });
  return withPiece(model, joined(cubes));
};

/** Takes out the triangles around a place. */
export const cutHole: Inject = (model, strength, random) => {
  const cut = isIn(patch(model, [0.001, 0.005, 0.02][strength], random));
  return mapParts(model, (part, p) =>
    withTriangles(
      part,
      numbers(part).filter((t) => !cut(p, t)),
    ),
  );
};

/** Third faces on edges, standing up from the surface. */
export const addFins: Inject = (model, strength, random) => {
  const fins = Array.from({ length: [2, 8, 32][strength] }, (): Shape => {
    const { place, normal } = randomPoint(model, random);
    const part = model.parts[place.part];
    const corners = [place.triangle * 3, place.triangle * 3 + 1];
    const [a, b] = corners.map((corner) => cornerOf(part, corner));
    const height = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
    const top = a.map((value, k) => (value + b[k]) / 2 + normal[k] * height);
    return { positions: Float32Array.from([...a, ...b, ...top]), indices: Uint32Array.of(0, 1, 2) };
  });
  return withPiece(model, joined(fins));
};

/** Draws the surface around a place through the opposite side of the model. */
export const pullThrough: Inject = (model, strength, random) => {
  const { min, max } = boundsOf(model);
  const middle = [0, 1, 2].map((k) => (min[k] + max[k]) / 2);
  const moved = patch(model, [0.01, 0.04, 0.12][strength], random);
  const keys = new Set(
    moved.flatMap(({ part, triangle }) =>
      [0, 1, 2].map((k) => cornerOf(model.parts[part], triangle * 3 + k).join(' ')),
    ),
  );
  return mapPositions(model, (...point) =>
    keys.has(point.join(' ')) ? point.map((value, k) => value + (middle[k] - value) * 2.3) : point,
  );
};

/** Triangles with two corners in one place, as collapsed quads leave them. */
export const addDegenerate: Inject = (model, strength, random) =>
  mapParts(model, (part) => {
    const count = Math.ceil((part.indices.length / 3) * [0.003, 0.01, 0.05][strength]);
    const corners = Array.from({ length: count }, () => Math.floor((random() * part.indices.length) / 3) * 3);
    const first = part.positions.length / 3;
    const sources = corners.map((corner) => part.indices[corner + 1]);
    const copy = (array: Float32Array, size: number): Float32Array =>
      Float32Array.from([...array, ...sources.flatMap((v) => [...array.subarray(v * size, v * size + size)])]);
    const added = corners.flatMap((corner, i) => [part.indices[corner], part.indices[corner + 1], first + i]);
    return {
      ...part,
      positions: copy(part.positions, 3),
      uvs: part.uvs && copy(part.uvs, 2),
      indices: Uint32Array.from([...part.indices, ...added]),
      chartOf: Uint32Array.from([...part.chartOf, ...corners.map((corner) => part.chartOf[corner / 3])]),
    };
  });

/** Triangles that are there twice. */
export const repeatTriangles: Inject = (model, strength, random) =>
  mapParts(model, (part) => {
    const all = numbers(part);
    const count = Math.ceil(all.length * [0.003, 0.01, 0.05][strength]);
    return withTriangles(part, [...all, ...Array.from({ length: count }, () => Math.floor(random() * all.length))]);
  });

/** A patch of faces that looks inwards. */
export const flipPatch: Inject = (model, strength, random) => {
  const isFlipped = isIn(patch(model, [0.002, 0.01, 0.05][strength], random));
  return mapParts(model, (part, p) => ({
    ...part,
    indices: part.indices.map((_, i) => {
      const t = (i / 3) | 0;
      return part.indices[!isFlipped(p, t) || i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1];
    }),
  }));
};

/** A closed piece that faces inwards, one corner or side in the surface; at full strength the whole model. */
export const turnInsideOut: Inject = (model, strength, random) => {
  if (strength === 2) return mapParts(model, (part) => ({ ...part, ...turnedOver(part) }));
  const half = Math.sqrt((totalArea(model) * [0.03, 0.15][strength]) / 24);
  const { point, normal } = randomPoint(model, random);
  const [x, y, z] = point.map((value, k) => value + normal[k] * half * 0.9);
  return withPiece(model, turnedOver(plainBox([x, Math.max(y, half), z], [half, half, half])));
};

/** A plate of a thousandth of the diagonal, standing in the surface. */
export const addThinPlate: Inject = (model, strength, random) => {
  const { diagonalM } = boundsOf(model);
  const half = Math.sqrt((totalArea(model) * [0.08, 0.2, 0.6][strength]) / 8);
  const { point, normal } = randomPoint(model, random);
  const [x, y, z] = point.map((value, k) => value + normal[k] * half * 0.8);
  const thin = diagonalM * 0.0005;
  return withPiece(model, plainBox([x, Math.max(y, half), z], [half, half, thin]));
};

/** Splits triangles into three at their middles: the form stays, the count grows. */
export const addTriangles: Inject = (model, strength, random) =>
  mapParts(model, (part) => {
    const positions = [...part.positions];
    const uvs = [...(part.uvs ?? [])];
    const indices: number[] = [];
    const chartOf: number[] = [];
    for (const t of numbers(part)) {
      const corners = [...part.indices.subarray(t * 3, t * 3 + 3)];
      const split = random() < [0.05, 0.5, 1][strength] && Math.hypot(...areaVectorOf(part, t)) > 0;
      if (!split) {
        indices.push(...corners);
        chartOf.push(part.chartOf[t]);
        continue;
      }
      const middle = positions.length / 3;
      const mean = (array: Float32Array, size: number, k: number): number =>
        corners.reduce((sum, v) => sum + array[v * size + k], 0) / 3;
      positions.push(...[0, 1, 2].map((k) => mean(part.positions, 3, k)));
      const { uvs: old } = part;
      if (old) uvs.push(...[0, 1].map((k) => mean(old, 2, k)));
      const [a, b, c] = corners;
      indices.push(a, b, middle, b, c, middle, c, a, middle);
      chartOf.push(part.chartOf[t], part.chartOf[t], part.chartOf[t]);
    }
    return {
      ...part,
      positions: Float32Array.from(positions),
      uvs: part.uvs && Float32Array.from(uvs),
      indices: Uint32Array.from(indices),
      chartOf: Uint32Array.from(chartOf),
    };
  });

/** Thirty-nine for inches, a hundred for centimetres, a thousand for millimetres; up or down by chance. */
export const rescale: Inject = (model, strength, random) => {
  const factor = [39.37, 100, 1000][strength] ** (random() < 0.5 ? 1 : -1);
  return mapPositions(model, (x, y, z) => [x * factor, y * factor, z * factor]);
};

/** Moves the model sideways until the origin is so many diagonals outside. */
export const movePivot: Inject = (model, strength, random) => {
  const { min, max, diagonalM } = boundsOf(model);
  const sign = random() < 0.5 ? 1 : -1;
  const away = (sign > 0 ? -min[0] : max[0]) + [0.08, 0.3, 3][strength] * diagonalM;
  return mapPositions(model, (x, y, z) => [x + sign * away, y, z]);
};

/** Upside down, lying on its back (Z up), lying on its side (X up); still on the ground. */
export const turnOver: Inject = (model, strength) => {
  const turn = (
    [
      (x: number, y: number, z: number) => [x, -y, -z],
      (x: number, y: number, z: number) => [x, -z, y],
      (x: number, y: number, z: number) => [y, -x, z],
    ] as const
  )[strength];
  const turned = mapPositions(model, turn);
  const { min, max } = boundsOf(turned);
  return mapPositions(turned, (x, y, z) => [x - (min[0] + max[0]) / 2, y - min[1], z - (min[2] + max[2]) / 2]);
};
