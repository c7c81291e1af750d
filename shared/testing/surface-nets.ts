/** A box of cubic cells: lowest corner, cells along each axis, length of an edge. */
export interface CellGrid {
  readonly min: readonly [number, number, number];
  readonly cells: readonly [number, number, number];
  readonly cellM: number;
}

export interface NetMesh {
  /** `[vertices × 3]`. */
  readonly positions: Float32Array;
  /** `[triangles × 3]`, counter-clockwise seen from outside. */
  readonly indices: Uint32Array;
}

type Distance = (x: number, y: number, z: number) => number;

/** Cells along the edge of a block that is passed over at once when the surface is far. */
const block = 4;

type Triple = readonly [number, number, number];

/** Distances at the corners of the cells, and the blocks of cells that the surface may cross. */
interface Samples {
  readonly values: Float32Array;
  readonly corners: Triple;
  /** Lowest cell of each block. */
  readonly near: readonly Triple[];
}

/** Calls `visit` for the cells (or corners) of a block, with their place in the grid’s arrays. */
function eachIn(
  [bx, by, bz]: Triple,
  size: number,
  limits: Triple,
  corners: Triple,
  visit: (index: number, x: number, y: number, z: number) => void,
): void {
  for (let z = bz; z < Math.min(bz + size, limits[2]); z++) {
    for (let y = by; y < Math.min(by + size, limits[1]); y++) {
      const row = (z * corners[1] + y) * corners[0];
      for (let x = bx; x < Math.min(bx + size, limits[0]); x++) visit(row + x, x, y, z);
    }
  }
}

/**
 * Samples the function where the surface may be. A block is far when the distance at its middle is more than the way to
 * its last corner: the function changes by at most 1 a metre.
 */
function sample(distance: Distance, { min, cells, cellM }: CellGrid): Samples {
  const corners = [cells[0] + 1, cells[1] + 1, cells[2] + 1] as const;
  const values = new Float32Array(corners[0] * corners[1] * corners[2]).fill(Number.NaN);
  const near: Triple[] = [];
  const half = (block / 2) * cellM;
  const reach = half * Math.sqrt(3);
  for (let z = 0; z < cells[2]; z += block) {
    for (let y = 0; y < cells[1]; y += block) {
      for (let x = 0; x < cells[0]; x += block) {
        const middle = [min[0] + x * cellM + half, min[1] + y * cellM + half, min[2] + z * cellM + half] as const;
        if (Math.abs(distance(...middle)) <= reach) near.push([x, y, z]);
      }
    }
  }
  for (const start of near) {
    eachIn(start, block + 1, corners, corners, (index, x, y, z) => {
      if (!Number.isNaN(values[index])) return;
      values[index] = distance(min[0] + x * cellM, min[1] + y * cellM, min[2] + z * cellM);
    });
  }
  return { values, corners, near };
}

const unitCorners = Array.from({ length: 8 }, (_, c) => [c & 1, (c >> 1) & 1, c >> 2] as const);
const unitEdges = unitCorners.flatMap((_, a) => [1, 2, 4].flatMap((bit) => (a & bit ? [] : [[a, a | bit] as const])));

/** The mean of the points where the surface crosses a cell’s edges, in units of the cell. */
function crossing(values: Float32Array, cell: number, offsets: readonly number[]): Triple {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (const [a, b] of unitEdges) {
    const va = values[cell + (offsets[a] as number)] as number;
    const vb = values[cell + (offsets[b] as number)] as number;
    if (va < 0 === vb < 0) continue;
    const t = va / (va - vb);
    const from = unitCorners[a] as Triple;
    const to = unitCorners[b] as Triple;
    for (const k of [0, 1, 2] as const) sum[k] += from[k] + (to[k] - from[k]) * t;
    count++;
  }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

/** Around each grid edge that the surface crosses, the vertices of its four cells make a quad. */
function joinCells({ values, corners, near }: Samples, vertexOf: Int32Array, cells: Triple): Uint32Array {
  const strides = [1, corners[0], corners[0] * corners[1]] as const;
  const indices: number[] = [];
  for (const start of near) {
    eachIn(start, block, cells, corners, (at, x, y, z) => {
      if (x === 0 || y === 0 || z === 0) return;
      const here = (values[at] as number) < 0;
      for (const [axis, u, v] of [
        [0, 1, 2],
        [1, 2, 0],
        [2, 0, 1],
      ] as const) {
        if ((values[at + strides[axis]] as number) < 0 === here) continue;
        const a = vertexOf[at] as number;
        const b = vertexOf[at - strides[u]] as number;
        const c = vertexOf[at - strides[u] - strides[v]] as number;
        const d = vertexOf[at - strides[v]] as number;
        if (here) indices.push(a, b, c, a, c, d);
        else indices.push(a, c, b, a, d, c);
      }
    });
  }
  return Uint32Array.from(indices);
}

/**
 * The zero surface of a signed distance function as quads cut in two: naive surface nets (Gibson 1998, "Constrained
 * Elastic Surface Nets"; one vertex in each cell that the surface crosses, at the mean of the crossings of its edges).
 * The function must be negative inside, change by at most 1 a metre, and be positive at the border of the grid.
 */
export function surfaceNets(distance: Distance, grid: CellGrid): NetMesh {
  const samples = sample(distance, grid);
  const { values, corners, near } = samples;
  const offsets = unitCorners.map(([x, y, z]) => x + (y + z * corners[1]) * corners[0]);
  const vertexOf = new Int32Array(values.length);
  const positions: number[] = [];
  for (const start of near) {
    eachIn(start, block, grid.cells, corners, (cell, x, y, z) => {
      let inside = 0;
      for (let c = 0; c < 8; c++) if ((values[cell + (offsets[c] as number)] as number) < 0) inside++;
      if (inside === 0 || inside === 8) return;
      const [dx, dy, dz] = crossing(values, cell, offsets);
      vertexOf[cell] = positions.length / 3;
      positions.push(
        grid.min[0] + (x + dx) * grid.cellM,
        grid.min[1] + (y + dy) * grid.cellM,
        grid.min[2] + (z + dz) * grid.cellM,
      );
    });
  }
  return { positions: Float32Array.from(positions), indices: joinCells(samples, vertexOf, grid.cells) };
}
