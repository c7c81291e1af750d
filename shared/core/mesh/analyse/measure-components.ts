import type { FaceMeasures } from './measure-faces.ts';
import type { Sheets } from './orient-sheets.ts';
import { type Components, countFaces, none, type Topology } from './topology.ts';

/** Sizes of the connected pieces, one entry each, in order of first triangle. */
export interface ComponentMeasures {
  readonly count: number;
  readonly of: Uint32Array;
  readonly triangles: Uint32Array;
  readonly largestTriangle: Uint32Array;
  readonly areaM2: Float64Array;
  /**
   * Signed, as most of each sheet faces: negative when it faces inwards. The holes of an
   * open piece count as closed towards the middle of its box: nearly right for a few small ones.
   */
  readonly volumeM3: Float64Array;
  /** Lowest and highest corner `[count × 6]`. */
  readonly bounds: Float32Array;
  readonly openEdges: Uint32Array;
  /** One when a piece has no open edge and all its sheets have two sides. */
  readonly solid: Uint8Array;
}

function boundComponents({ triangles, corners, pointPositions: p }: Topology, { count, of }: Components): Float32Array {
  const bounds = new Float32Array(count * 6);
  for (let c = 0; c < count; c++) bounds.fill(Infinity, c * 6, c * 6 + 3).fill(-Infinity, c * 6 + 3, c * 6 + 6);
  for (let t = 0; t < triangles; t++) {
    if (of[t] === none) continue;
    const at = of[t] * 6;
    for (let k = t * 3; k < t * 3 + 3; k++) {
      for (let axis = 0; axis < 3; axis++) {
        const value = p[corners[k] * 3 + axis];
        if (value < bounds[at + axis]) bounds[at + axis] = value;
        if (value > bounds[at + 3 + axis]) bounds[at + 3 + axis] = value;
      }
    }
  }
  return bounds;
}

/** Six times the volume between a triangle and the middle of the box at `at`. */
function sixVolumes(p: Float32Array, a: number, b: number, c: number, box: Float32Array, at: number): number {
  const x = (box[at] + box[at + 3]) / 2;
  const y = (box[at + 1] + box[at + 4]) / 2;
  const z = (box[at + 2] + box[at + 5]) / 2;
  const ax = p[a] - x;
  const ay = p[a + 1] - y;
  const az = p[a + 2] - z;
  const bx = p[b] - x;
  const by = p[b + 1] - y;
  const bz = p[b + 2] - z;
  const cx = p[c] - x;
  const cy = p[c + 1] - y;
  const cz = p[c + 2] - z;
  return ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
}

/** Measures each piece. Linear. */
export function measureComponents(
  topology: Topology,
  components: Components,
  { areaM2: areas }: FaceMeasures,
  sheets: Sheets,
): ComponentMeasures {
  const { count, of } = components;
  const { corners, pointPositions: p } = topology;
  const bounds = boundComponents(topology, components);
  const triangles = new Uint32Array(count);
  const largestTriangle = new Uint32Array(count).fill(none);
  const areaM2 = new Float64Array(count);
  const volumeM3 = new Float64Array(count);
  const openEdges = new Uint32Array(count);
  const solid = new Uint8Array(count).fill(1);
  for (let t = 0; t < topology.triangles; t++) {
    const c = of[t];
    if (c === none) continue;
    triangles[c]++;
    areaM2[c] += areas[t];
    if (largestTriangle[c] === none || areas[t] > areas[largestTriangle[c]]) largestTriangle[c] = t;
    const volume = sixVolumes(p, corners[t * 3] * 3, corners[t * 3 + 1] * 3, corners[t * 3 + 2] * 3, bounds, c * 6) / 6;
    volumeM3[c] += sheets.flipped[t] === 1 ? -volume : volume;
    if (sheets.orientable[sheets.of[t]] === 0) solid[c] = 0;
  }
  for (let e = 0; e < topology.edges; e++) {
    if (countFaces(topology, e) !== 1) continue;
    const c = of[(topology.edgeHalves[topology.edgeStarts[e]] / 3) | 0];
    openEdges[c]++;
    solid[c] = 0;
  }
  return { count, of, triangles, largestTriangle, areaM2, volumeM3, bounds, openEdges, solid };
}
