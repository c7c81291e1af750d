import { checkSplats, robustBounds, type Splats, soundSplats } from './measure-splats.ts';

export interface FloaterOptions {
  /**
   * Cells along the longest side of the box of the cloud; a gap of one empty cell parts two pieces. Cells are never
   * smaller than twice the median deviation of the splats, which would part what overlaps.
   */
  readonly cells?: number;
  /** A piece with less than this share of the opacity of the largest one floats. */
  readonly share?: number;
}

/** Splats that hang apart from the rest. */
export interface SplatFloaters {
  /** 1 for each splat in a floating piece, `[count]`; broken splats are 0. */
  readonly floats: Uint8Array;
  readonly count: number;
  /** Share of all opacity that floats: what an eye notices. */
  readonly opacityShare: number;
  /** Pieces that are not floating. */
  readonly pieces: number;
  readonly floatingPieces: number;
}

/** Cells past the box of the cloud: strays farther out fall into the outermost cell. */
const marginCells = 16;

function medianDeviation({ scales }: Splats, sound: Uint32Array): number {
  const sizes = Float32Array.from(sound, (i) =>
    Math.cbrt(scales[i * 3]! * scales[i * 3 + 1]! * scales[i * 3 + 2]!),
  ).sort();
  return sizes[sizes.length >> 1] ?? 0;
}

/** The cell of each splat as one number, on a grid around the robust box. */
function cellsOf(
  splats: Splats,
  sound: Uint32Array,
  cells: number,
): { readonly keys: Float64Array; readonly side: number } {
  const { low, high } = robustBounds(splats, sound);
  const longest = Math.max(...high.map((value, axis) => value - low[axis]!));
  const step = Math.max(longest / cells, 2 * medianDeviation(splats, sound)) || 1;
  const side = cells + 2 * marginCells;
  const keys = Float64Array.from(sound, (i) => {
    let key = 0;
    for (let axis = 0; axis < 3; axis++) {
      const cell = Math.floor((splats.positions[i * 3 + axis]! - low[axis]!) / step) + marginCells;
      key = key * side + Math.min(side - 1, Math.max(0, cell));
    }
    return key;
  });
  return { keys, side };
}

/** Joins occupied cells that touch by face, edge or corner; gives the piece of each splat, by union-find. */
function joinCells(keys: Float64Array, side: number): Int32Array {
  const ids = new Map<number, number>();
  const cellOf = Int32Array.from(keys, (key) => {
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, ids.size);
    return ids.size - 1;
  });
  const parent = Int32Array.from({ length: ids.size }, (_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]!]!;
    return root;
  };
  for (const [key, id] of ids) {
    // Half of the 26 neighbours: the others find this one.
    for (let step = 1; step <= 13; step++) {
      const code = step + 13;
      const [dx, dy, dz] = [Math.floor(code / 9) - 1, (Math.floor(code / 3) % 3) - 1, (code % 3) - 1];
      const y = (Math.floor(key / side) % side) + dy;
      const z = (key % side) + dz;
      if (y < 0 || y >= side || z < 0 || z >= side) continue;
      const other = ids.get(key + (dx * side + dy) * side + dz);
      if (other !== undefined) parent[find(id)] = find(other);
    }
  }
  return cellOf.map(find);
}

/**
 * Finds floaters by density: cells of a grid that hold visible splats are joined where they touch, and pieces with
 * little opacity are floaters. Splats under 1/255 do not join pieces, or a haze would connect everything. What touches
 * the object is not seen as a floater, whatever its size. About 0.7 s for 268,000 splats.
 *
 * @throws RangeError when the arrays do not hold the same number of splats, or `cells` is not 1 to 1024.
 */
export function measureSplatFloaters(splats: Splats, { cells = 32, share = 0.01 }: FloaterOptions = {}): SplatFloaters {
  checkSplats(splats);
  if (!(Number.isInteger(cells) && cells >= 1 && cells <= 1024))
    throw new RangeError(`There cannot be ${cells} cells.`);
  const visible = soundSplats(splats).filter((i) => splats.opacities[i]! >= 1 / 255);
  const { keys, side } = cellsOf(splats, visible, cells);
  const pieceOf = joinCells(keys, side);
  const weights = new Map<number, number>();
  let total = 0;
  for (const [k, piece] of pieceOf.entries()) {
    const opacity = splats.opacities[visible[k]!]!;
    weights.set(piece, (weights.get(piece) ?? 0) + opacity);
    total += opacity;
  }
  const limit = share * [...weights.values()].reduce((most, weight) => Math.max(most, weight), 0);
  const small = [...weights.values()].filter((weight) => weight < limit);
  const floats = new Uint8Array(splats.opacities.length);
  let count = 0;
  for (const [k, piece] of pieceOf.entries()) {
    if (weights.get(piece)! >= limit) continue;
    floats[visible[k]!] = 1;
    count++;
  }
  return {
    floats,
    count,
    opacityShare: total > 0 ? small.reduce((sum, weight) => sum + weight, 0) / total : 0,
    pieces: weights.size - small.length,
    floatingPieces: small.length,
  };
}
