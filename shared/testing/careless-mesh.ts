import { concatBytes, glbBytes } from './builders.ts';
import { mushroomHouse, type Sculpture } from './mushroom-house.ts';
import { type CellGrid, type NetMesh, surfaceNets } from './surface-nets.ts';

/** Numbers in 0–1 that follow from a seed (mulberry32, public domain, Ettinger). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Point = readonly [number, number, number];

/** Even directions on the upper half of a ball (Fibonacci spiral), turned by chance. */
function spotDirections(random: () => number): Point[] {
  const turn = random() * Math.PI * 2;
  return Array.from({ length: 14 }, (_, i) => {
    const y = 0.25 + (0.74 * (i + 0.5)) / 14;
    const radius = Math.sqrt(1 - y * y);
    const angle = turn + i * 2.39996;
    return [radius * Math.cos(angle), y, radius * Math.sin(angle)] as const;
  });
}

/** Takes out the triangles around some vertices. */
function cutHoles({ positions, indices }: NetMesh, random: () => number, holes: number): Uint32Array {
  const radius = 0.014;
  const cut = new Uint8Array(positions.length / 3);
  for (let h = 0; h < holes; h++) {
    const centre = Math.floor(random() * cut.length) * 3;
    for (let v = 0; v < cut.length; v++) {
      const dx = positions[v * 3]! - positions[centre]!;
      const dy = positions[v * 3 + 1]! - positions[centre + 1]!;
      const dz = positions[v * 3 + 2]! - positions[centre + 2]!;
      if (dx * dx + dy * dy + dz * dz < radius * radius) cut[v] = 1;
    }
  }
  return indices.filter((_, i) => cut[indices[i - (i % 3)] as number] === 0);
}

/** Small octahedra in the air, as reconstruction leaves them. */
function floaters(random: () => number, count: number): NetMesh {
  const corners = [1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1];
  const faces = [0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5];
  const positions: number[] = [];
  const indices: number[] = [];
  for (let f = 0; f < count; f++) {
    const angle = random() * Math.PI * 2;
    const centre = [0.62 * Math.cos(angle), 0.2 + random() * 0.9, 0.62 * Math.sin(angle)];
    const radius = 0.004 + random() * 0.006;
    const first = positions.length / 3;
    corners.forEach((corner, i) => {
      positions.push((centre[i % 3] as number) + corner * radius);
    });
    for (const corner of faces) indices.push(first + corner);
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** What the resolution below gives. */
const usualTriangles = 200_000;

/** Triangles in a chunk; chunks share no vertices, as tiled exporters write them. */
const chunkTriangles = 64;

/** Copies each chunk’s vertices, so that equal ones stand all over the file. */
function unweld(indices: Uint32Array): { sources: Uint32Array; indices: Uint32Array<ArrayBuffer> } {
  const sources: number[] = [];
  const renumbered = new Uint32Array(indices.length);
  const own = new Map<number, number>();
  for (let i = 0; i < indices.length; i++) {
    if (i % (chunkTriangles * 3) === 0) own.clear();
    const source = indices[i] as number;
    const number = own.get(source) ?? sources.length;
    if (number === sources.length) sources.push(source);
    own.set(source, number);
    renumbered[i] = number;
  }
  return { sources: Uint32Array.from(sources), indices: renumbered };
}

const byte = (value: number): number => Math.round(Math.min(Math.max(value, 0), 1) * 255);

/** RGBA of each point. */
function coloursOf(points: Float32Array, sculpture: Sculpture): Uint8Array {
  const colours = new Uint8Array((points.length / 3) * 4);
  for (let v = 0; v * 3 < points.length; v++) {
    const [red, green, blue] = sculpture.colour(points[v * 3]!, points[v * 3 + 1]!, points[v * 3 + 2]!);
    colours.set([byte(red), byte(green), byte(blue), 255], v * 4);
  }
  return colours;
}

function bounds(positions: Float32Array): { min: number[]; max: number[] } {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  positions.forEach((value, i) => {
    min[i % 3] = Math.min(min[i % 3] as number, value);
    max[i % 3] = Math.max(max[i % 3] as number, value);
  });
  return { min, max };
}

/**
 * A raw mesh as careless as a generator’s, made by code: a mushroom house of about 200,000 triangles as a GLB. It has
 * vertex colours, no normals, no texture coordinates, four holes, twelve floaters, copies of equal vertices all over,
 * and is metal by omission. Same seed, same bytes; about 0.5 s.
 */
export function carelessMesh(options: { seed: number; triangles?: number }): Uint8Array<ArrayBuffer> {
  const random = randomFrom(options.seed);
  const sculpture = mushroomHouse(spotDirections(random), random());
  // A surface has as many cells as the square of the resolution.
  const finer = Math.sqrt((options.triangles ?? usualTriangles) / usualTriangles);
  const cells = (count: number): number => Math.ceil(count * finer);
  const grid: CellGrid = {
    min: [-0.8, -0.12, -0.8],
    cells: [cells(172), cells(140), cells(172)],
    cellM: 0.0093 / finer,
  };
  const surface = surfaceNets(sculpture.distance, grid);
  const loose = floaters(random, 12);
  const cut = cutHoles(surface, random, 4);
  const points = new Float32Array(surface.positions.length + loose.positions.length);
  points.set(surface.positions);
  points.set(loose.positions, surface.positions.length);
  const shift = surface.positions.length / 3;
  const { sources, indices } = unweld(Uint32Array.from([...cut, ...loose.indices.map((index) => index + shift)]));
  const positions = new Float32Array(sources.length * 3);
  const colours = new Uint8Array(sources.length * 4);
  const palette = coloursOf(points, sculpture);
  for (let v = 0; v < sources.length; v++) {
    const source = sources[v] as number;
    for (let k = 0; k < 3; k++) positions[v * 3 + k] = points[source * 3 + k]!;
    for (let k = 0; k < 4; k++) colours[v * 4 + k] = palette[source * 4 + k]!;
  }
  const views = [positions, colours, indices].map((array) => array.byteLength);
  return glbBytes(
    describe(views as [number, number, number], sources.length, indices.length, bounds(positions)),
    concatBytes(positions, colours, indices),
  );
}

function describe(
  [positionBytes, colourBytes, indexBytes]: readonly [number, number, number],
  vertices: number,
  corners: number,
  box: { min: number[]; max: number[] },
): object {
  return {
    asset: { version: '2.0', generator: 'Atlas careless mesh' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ name: 'mushroom house', mesh: 0 }],
    meshes: [
      { name: 'mushroom house', primitives: [{ attributes: { POSITION: 0, COLOR_0: 1 }, indices: 2, material: 0 }] },
    ],
    materials: [{ name: 'vertex colour', pbrMetallicRoughness: {}, doubleSided: true }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: vertices, type: 'VEC3', ...box },
      { bufferView: 1, componentType: 5121, normalized: true, count: vertices, type: 'VEC4' },
      { bufferView: 2, componentType: 5125, count: corners, type: 'SCALAR' },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: positionBytes, target: 34962 },
      { buffer: 0, byteOffset: positionBytes, byteLength: colourBytes, target: 34962 },
      { buffer: 0, byteOffset: positionBytes + colourBytes, byteLength: indexBytes, target: 34963 },
    ],
    buffers: [{ byteLength: positionBytes + colourBytes + indexBytes }],
  };
}
