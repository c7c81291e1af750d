import type { Document, Material, Primitive } from '@gltf-transform/core';
import { AtlasError } from '../../errors.ts';
import { intList } from './growing-list.ts';
import type { SourceLimits } from './source-limits.ts';
import { srgb8ToLinear, srgbToLinear } from './srgb-to-linear.ts';
import { triangulatePolygon } from './triangulate-polygon.ts';

/** Polygons as OBJ and PLY give them: each corner names a position, and maybe a texture coordinate and a normal. */
export interface PolygonSoup {
  /** `[points × 3]`. */
  readonly positions: Float32Array;
  /** sRGB `[points × 3]`, 0–1 or 0–255. */
  readonly colours: Float32Array | undefined;
  /** `[n × 2]`, origin at the bottom left as both formats have it. */
  readonly uvs: Float32Array;
  /** `[n × 3]`. */
  readonly normals: Float32Array;
  /** `[corners × 3]`: position, texture coordinate, normal; −1 where there is none. */
  readonly corners: Int32Array;
  /** Corners of each polygon. */
  readonly sizes: Int32Array;
}

/**
 * Vertex colours as glTF keeps them: linear (glTF 2.0 section 3.9.2; OBJ and PLY writers store display values). Values
 * over 2 mean that 255 is full.
 */
export function linearColours(srgb: Float32Array): Float32Array {
  let largest = 0;
  for (let i = 0; i < srgb.length; i++) if ((srgb[i] as number) > largest) largest = srgb[i] as number;
  const full = largest > 2 ? 255 : 1;
  const linear = new Float32Array(srgb.length);
  for (let i = 0; i < srgb.length; i++) {
    const eighth = ((srgb[i] as number) / full) * 255;
    const whole = Math.round(eighth);
    // Most files hold 8-bit values, printed with a few decimals: those come from a table.
    const isWhole = whole >= 0 && whole <= 255 && Math.abs(eighth - whole) < 1e-3;
    linear[i] = isWhole ? srgb8ToLinear(whole) : srgbToLinear(eighth / 255);
  }
  return linear;
}

/** Sees to it that the counts are within limits, positions finite and every corner’s parts there. */
export function checkSoup(soup: PolygonSoup, limits: SourceLimits, pointerOf: { point: string; face: string }): void {
  const { positions, corners, sizes } = soup;
  const points = positions.length / 3;
  let triangles = 0;
  for (const size of sizes) triangles += Math.max(size - 2, 0);
  if (triangles === 0) throw new AtlasError('no_triangles', 'The file has no faces.', { pointer: pointerOf.face });
  for (const [name, count] of [
    ['vertices', points],
    ['triangles', triangles],
  ] as const) {
    if (count <= limits[name]) continue;
    throw new AtlasError('count_over_limit', `The file has ${count} ${name}; the limit is ${limits[name]}.`, {
      pointer: name === 'vertices' ? pointerOf.point : pointerOf.face,
    });
  }
  for (let i = 0; i < positions.length; i++) {
    if (Number.isFinite(positions[i])) continue;
    const point = Math.floor(i / 3);
    throw new AtlasError('position_not_finite', `Vertex ${point} has a coordinate of ${positions[i]}.`, {
      pointer: `${pointerOf.point}/${point}`,
    });
  }
  const counts = [points, soup.uvs.length / 2, soup.normals.length / 3] as const;
  for (let face = 0, first = 0; face < sizes.length; first += sizes[face++] as number) {
    for (let i = first * 3; i < (first + (sizes[face] as number)) * 3; i++) {
      const index = corners[i] as number;
      const part = (i % 3) as 0 | 1 | 2;
      if (index < counts[part] && index >= (part === 0 ? 0 : -1)) continue;
      throw new AtlasError('index_out_of_range', `Face ${face} refers to ${index} of ${counts[part]}.`, {
        pointer: `${pointerOf.face}/${face}`,
      });
    }
  }
}

/** Vertices of one primitive: each distinct corner once, in order of first appearance. */
interface Vertices {
  readonly indices: Uint32Array;
  /** Place in `corners` of each vertex. */
  readonly firstCorners: Uint32Array;
}

/** Open addressing over the three indices of a corner, linear probing, load at most one half. */
function mergeCorners(corners: Int32Array, used: Int32Array): Vertices {
  let capacity = 16;
  while (capacity < used.length * 2) capacity *= 2;
  const mask = capacity - 1;
  const slots = new Uint32Array(capacity);
  const indices = new Uint32Array(used.length);
  const firstCorners = new Uint32Array(used.length);
  let count = 0;
  for (let i = 0; i < used.length; i++) {
    const at = (used[i] as number) * 3;
    const [a, b, c] = [corners[at] as number, corners[at + 1] as number, corners[at + 2] as number];
    // Mixing constants of MurmurHash3 (Appleby 2011).
    let hash = Math.imul(a, 0xcc9e2d51) ^ Math.imul(b, 0x1b873593) ^ Math.imul(c, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0) {
        firstCorners[count] = used[i] as number;
        slots[slot] = count + 1;
        indices[i] = count++;
        break;
      }
      const other = (firstCorners[entry - 1] as number) * 3;
      if (corners[other] === a && corners[other + 1] === b && corners[other + 2] === c) {
        indices[i] = entry - 1;
        break;
      }
    }
  }
  return { indices, firstCorners: firstCorners.subarray(0, count) };
}

/** Places in `corners` of the triangles of some polygons, `[triangles × 3]`. */
function triangleCorners(soup: PolygonSoup, faces: Iterable<readonly [first: number, size: number]>): Int32Array {
  const used = intList();
  const outline: number[] = [];
  for (const [first, size] of faces) {
    if (size === 3) {
      for (let i = 0; i < 3; i++) used.push(first + i);
    } else if (size > 3) {
      outline.length = 0;
      for (let i = first; i < first + size; i++) outline.push(soup.corners[i * 3] as number);
      triangulatePolygon(soup.positions, outline, (a, b, c) => {
        for (const corner of [a, b, c]) used.push(first + corner);
      });
    }
  }
  return used.values();
}

function gather(
  from: Float32Array,
  size: number,
  soup: PolygonSoup,
  part: 0 | 1 | 2,
  firstCorners: Uint32Array,
): Float32Array<ArrayBuffer> {
  const to = new Float32Array(firstCorners.length * size);
  for (let v = 0; v < firstCorners.length; v++) {
    const at = soup.corners[(firstCorners[v] as number) * 3 + part] as number;
    if (at >= 0) for (let k = 0; k < size; k++) to[v * size + k] = from[at * size + k] as number;
  }
  return to;
}

/**
 * Makes a primitive of some polygons of a checked soup: triangulated, each distinct corner one vertex, texture
 * coordinates turned to glTF’s top-left origin. Normals are taken only when every corner has one. Returns undefined
 * when no polygon has three corners. `colours` are linear.
 */
export function soupPrimitive(
  document: Document,
  soup: PolygonSoup,
  faces: Iterable<readonly [first: number, size: number]>,
  options: { material: Material; colours: Float32Array | undefined },
): Primitive | undefined {
  const used = triangleCorners(soup, faces);
  if (used.length === 0) return undefined;
  const { indices, firstCorners } = mergeCorners(soup.corners, used);
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  const accessor = (type: 'VEC2' | 'VEC3', array: Float32Array<ArrayBuffer>) =>
    document.createAccessor('', buffer).setType(type).setArray(array);
  const primitive = document.createPrimitive().setMaterial(options.material);
  const narrow = firstCorners.length <= 0xffff ? Uint16Array.from(indices) : Uint32Array.from(indices);
  primitive.setIndices(document.createAccessor('', buffer).setType('SCALAR').setArray(narrow));
  const has = (part: 1 | 2) => (corner: number) => (soup.corners[corner * 3 + part] as number) >= 0;
  primitive.setAttribute('POSITION', accessor('VEC3', gather(soup.positions, 3, soup, 0, firstCorners)));
  if (firstCorners.every(has(2))) {
    primitive.setAttribute('NORMAL', accessor('VEC3', gather(soup.normals, 3, soup, 2, firstCorners)));
  }
  if (firstCorners.some(has(1))) {
    const uvs = gather(soup.uvs, 2, soup, 1, firstCorners);
    for (let i = 1; i < uvs.length; i += 2) uvs[i] = 1 - (uvs[i] as number);
    primitive.setAttribute('TEXCOORD_0', accessor('VEC2', uvs));
  }
  if (options.colours) {
    primitive.setAttribute('COLOR_0', accessor('VEC3', gather(options.colours, 3, soup, 0, firstCorners)));
  }
  return primitive;
}
