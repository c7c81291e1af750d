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
const block = 8;

/**
 * Distances at the grid’s corners. Where the surface cannot be within a block, because the function changes by at most
 * 1 a metre, all its corners get the distance at its middle.
 */
function sample(distance: Distance, grid: CellGrid, dims: readonly [number, number, number]): Float32Array {
  const [nx, ny, nz] = dims;
  const [x0, y0, z0] = grid.min;
  const values = new Float32Array(nx * ny * nz);
  const reach = (block / 2 + 1) * grid.cellM * Math.sqrt(3);
  for (let bz = 0; bz < nz; bz += block) {
    for (let by = 0; by < ny; by += block) {
      for (let bx = 0; bx < nx; bx += block) {
        const half = block / 2;
        const at = (origin: number, index: number): number => origin + (index + half) * grid.cellM;
        const middle = distance(at(x0, bx), at(y0, by), at(z0, bz));
        const far = Math.abs(middle) > reach;
        for (let z = bz; z < Math.min(bz + block, nz); z++) {
          for (let y = by; y < Math.min(by + block, ny); y++) {
            for (let x = bx, i = (z * ny + y) * nx + bx; x < Math.min(bx + block, nx); x++, i++) {
              values[i] = far ? middle : distance(x0 + x * grid.cellM, y0 + y * grid.cellM, z0 + z * grid.cellM);
            }
          }
        }
      }
    }
  }
  return values;
}

/**
 * The zero surface of a signed distance function as quads cut in two: naive surface nets (Gibson 1998, "Constrained
 * Elastic Surface Nets"; one vertex in each cell that the surface crosses, at the mean of the crossings of its edges).
 * The function must be negative inside, change by at most 1 a metre, and be positive at the border of the grid.
 */
export function surfaceNets(distance: Distance, grid: CellGrid): NetMesh {
  const dims = grid.cells.map((count) => count + 1) as unknown as [number, number, number];
  const [nx, ny] = dims;
  const values = sample(distance, grid, dims);
  const strides = [1, nx, nx * ny] as const;
  const corners = Array.from({ length: 8 }, (_, c) => [c & 1, (c >> 1) & 1, c >> 2] as const);
  const offsets = corners.map(([x, y, z]) => x + y * nx + z * nx * ny);
  const edges = corners.flatMap((_, a) => [1, 2, 4].flatMap((bit) => (a & bit ? [] : [[a, a | bit] as const])));
  const vertexOf = new Int32Array(values.length).fill(-1);
  const positions: number[] = [];
  for (let z = 0; z < grid.cells[2]; z++) {
    for (let y = 0; y < grid.cells[1]; y++) {
      for (let x = 0, cell = (z * ny + y) * nx; x < grid.cells[0]; x++, cell++) {
        let inside = 0;
        for (let c = 0; c < 8; c++) if ((values[cell + (offsets[c] as number)] as number) < 0) inside++;
        if (inside === 0 || inside === 8) continue;
        let [sx, sy, sz, crossings] = [0, 0, 0, 0];
        for (const [a, b] of edges) {
          const va = values[cell + (offsets[a] as number)] as number;
          const vb = values[cell + (offsets[b] as number)] as number;
          if (va < 0 === vb < 0) continue;
          const t = va / (va - vb);
          const [from, to] = [corners[a]!, corners[b]!];
          sx += from[0] + (to[0] - from[0]) * t;
          sy += from[1] + (to[1] - from[1]) * t;
          sz += from[2] + (to[2] - from[2]) * t;
          crossings++;
        }
        vertexOf[cell] = positions.length / 3;
        positions.push(
          grid.min[0] + (x + sx / crossings) * grid.cellM,
          grid.min[1] + (y + sy / crossings) * grid.cellM,
          grid.min[2] + (z + sz / crossings) * grid.cellM,
        );
      }
    }
  }
  return { positions: Float32Array.from(positions), indices: joinCells(values, vertexOf, grid, strides) };
}

/** Around each grid edge that the surface crosses, the vertices of its four cells make a quad. */
function joinCells(
  values: Float32Array,
  vertexOf: Int32Array,
  grid: CellGrid,
  strides: readonly [number, number, number],
): Uint32Array {
  const indices: number[] = [];
  for (let z = 1; z < grid.cells[2]; z++) {
    for (let y = 1; y < grid.cells[1]; y++) {
      for (let x = 1; x < grid.cells[0]; x++) {
        const at = z * strides[2] + y * strides[1] + x;
        const here = (values[at] as number) < 0;
        for (let axis = 0; axis < 3; axis++) {
          if ((values[at + strides[axis as 0 | 1 | 2]] as number) < 0 === here) continue;
          const u = strides[((axis + 1) % 3) as 0 | 1 | 2];
          const v = strides[((axis + 2) % 3) as 0 | 1 | 2];
          const a = vertexOf[at] as number;
          const b = vertexOf[at - u] as number;
          const c = vertexOf[at - u - v] as number;
          const d = vertexOf[at - v] as number;
          if (here) indices.push(a, b, c, a, c, d);
          else indices.push(a, c, b, a, d, c);
        }
      }
    }
  }
  return Uint32Array.from(indices);
}
