import type { Picture } from '../../core/quality/metrics/picture.ts';

/** Triangles with one material and one texture. */
export interface Part {
  /** Metres, +Y up, `[vertices × 3]`. */
  readonly positions: Float32Array;
  /** `[triangles × 3]`. */
  readonly indices: Uint32Array;
  /** `[vertices × 2]`, v pointing down; `undefined` for a part that was never unwrapped. */
  readonly uvs: Float32Array | undefined;
  /** The UV chart of each triangle; charts share no vertices. */
  readonly chartOf: Uint32Array;
  /** Base colour, sRGB. */
  readonly picture: Picture;
  /** `undefined` leaves the factor out of the file. */
  readonly metallic: number | undefined;
  /** Sides of further maps, up to three: metallic-roughness, occlusion, emissive. They hold nothing. */
  readonly mapsPx?: readonly number[];
}

/** A model that injectors take apart: plain arrays, written as GLB by `modelGlb`. */
export interface Model {
  readonly name: string;
  readonly parts: readonly Part[];
}

type Vec3 = [x: number, y: number, z: number];

/** The model with every part changed. */
export const mapParts = (model: Model, change: (part: Part, index: number) => Part): Model => ({
  ...model,
  parts: model.parts.map(change),
});

export const trianglesOf = ({ parts }: Model): number =>
  parts.reduce((sum, { indices }) => sum + indices.length / 3, 0);

export const cornerOf = ({ positions, indices }: Pick<Part, 'positions' | 'indices'>, corner: number): Vec3 => {
  const at = indices[corner] * 3;
  return [positions[at], positions[at + 1], positions[at + 2]];
};

/** Twice the area of a triangle times its unit normal. */
export function areaVectorOf(part: Pick<Part, 'positions' | 'indices'>, triangle: number): Vec3 {
  const [a, b, c] = [0, 1, 2].map((k) => cornerOf(part, triangle * 3 + k));
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

export const areaOf = (part: Pick<Part, 'positions' | 'indices'>, triangle: number): number =>
  Math.hypot(...areaVectorOf(part, triangle)) / 2;

export const centroidOf = (part: Pick<Part, 'positions' | 'indices'>, triangle: number): Vec3 => {
  const [a, b, c] = [0, 1, 2].map((k) => cornerOf(part, triangle * 3 + k));
  return [(a[0] + b[0] + c[0]) / 3, (a[1] + b[1] + c[1]) / 3, (a[2] + b[2] + c[2]) / 3];
};

/** Lowest and highest corner, and the distance between them. */
export function boundsOf(model: Model): { min: Vec3; max: Vec3; diagonalM: number } {
  const min: Vec3 = [Infinity, Infinity, Infinity];
  const max: Vec3 = [-Infinity, -Infinity, -Infinity];
  for (const { positions } of model.parts) {
    positions.forEach((value, i) => {
      min[i % 3] = Math.min(min[i % 3], value);
      max[i % 3] = Math.max(max[i % 3], value);
    });
  }
  return { min, max, diagonalM: Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]) };
}

/** Every position moved by a function; equal positions stay equal. */
export const mapPositions = (model: Model, map: (x: number, y: number, z: number) => readonly number[]): Model =>
  mapParts(model, (part) => {
    const positions = new Float32Array(part.positions.length);
    for (let v = 0; v < positions.length; v += 3) {
      positions.set(map(part.positions[v], part.positions[v + 1], part.positions[v + 2]), v);
    }
    return { ...part, positions };
  });

/** The model with the middle of its underside at the origin. */
export function placed(model: Model): Model {
  const { min, max } = boundsOf(model);
  const [dx, dy, dz] = [(min[0] + max[0]) / 2, min[1], (min[2] + max[2]) / 2];
  return mapPositions(model, (x, y, z) => [x - dx, y - dy, z - dz]);
}

/** The part with some of its triangles, each as often as it is named. */
export const withTriangles = (part: Part, triangles: readonly number[]): Part => ({
  ...part,
  indices: Uint32Array.from(triangles.flatMap((t) => [...part.indices.subarray(t * 3, t * 3 + 3)])),
  chartOf: Uint32Array.from(triangles, (t) => part.chartOf[t]),
});

/** A triangle of a part. */
export interface Place {
  readonly part: number;
  readonly triangle: number;
}

/** All triangles, nearest to a point first. */
export function nearestTriangles(model: Model, [x, y, z]: readonly number[]): Place[] {
  const found = model.parts.flatMap((part, p) =>
    Array.from({ length: part.indices.length / 3 }, (_, triangle) => {
      const [cx, cy, cz] = centroidOf(part, triangle);
      return { part: p, triangle, distance: Math.hypot(cx - x, cy - y, cz - z) };
    }),
  );
  return found.sort((a, b) => a.distance - b.distance || a.part - b.part || a.triangle - b.triangle);
}

/** The middle of some triangle; each is as likely as its area is large. */
export function randomPoint(model: Model, random: () => number): { place: Place; point: Vec3; normal: Vec3 } {
  const places = model.parts.flatMap((part, p) =>
    Array.from({ length: part.indices.length / 3 }, (_, triangle) => ({
      part: p,
      triangle,
      area: areaOf(part, triangle),
    })),
  );
  let rest = random() * places.reduce((sum, { area }) => sum + area, 0);
  const found = places.find(({ area }) => {
    rest -= area;
    return rest < 0;
  });
  const place = found ?? places[0];
  const part = model.parts[place.part];
  const vector = areaVectorOf(part, place.triangle);
  const length = Math.hypot(...vector);
  return {
    place,
    point: centroidOf(part, place.triangle),
    normal: [vector[0] / length, vector[1] / length, vector[2] / length],
  };
}
