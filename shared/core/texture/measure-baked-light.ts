import { srgb8ToLinear } from '../format/srgb-to-linear.ts';
import { checkPicture, type Picture } from '../quality/metrics/picture.ts';
import { basisSize, shBasis } from './measure-sh-basis.ts';
import { addOuter, solveSymmetric } from './measure-solve.ts';

/** A base colour texture with the surface that it lies on. */
export interface LitTexture {
  readonly picture: Picture;
  /** Unit normals of the surface at each texel, any frame that does not turn, `[height × width × 3]`. */
  readonly normals: Float32Array;
  /** Texels on the surface (not 0), `[height × width]`. */
  readonly used: Uint8Array;
}

/** How far a texture’s brightness follows the direction of the surface, as light would make it. */
export interface BakedLight {
  /**
   * Share of the variance of log-luminance, within colours, that a light of spherical harmonics up to order 2 explains,
   * 0–1, adjusted for the number of coefficients. `null` when fewer than 64 cells could be measured.
   */
  readonly r2: number | null;
  /** Brightest over darkest (95th and 5th percentile) of the fitted light over the surface; 1 without light. */
  readonly contrast: number;
  /** Unit direction that the light comes from, by its first-order part, in the frame of the normals. */
  readonly direction: readonly [number, number, number];
  /** Coefficients of the fitted log-luminance: orders 1 and 2 of `shBasis`. */
  readonly light: Float64Array;
  readonly cells: number;
}

/** Texels of a cell: light is smooth, so means over cells keep it and lose the grain of the material. */
const cellPx = 8;
/** Steps of chromaticity within which two cells count as the same material. */
const chromaSteps = 16;
const leastCells = 64;
/** Added to linear luminance before the logarithm: black texels must not rule the fit. */
const darkest = 0.005;

/** Cells as rows of a regression: log-luminance, basis of the mean normal, material. */
interface Cells {
  readonly count: number;
  readonly materials: number;
  readonly values: Float64Array;
  readonly basis: Float64Array;
  readonly material: Int32Array;
}

/** The sums over one cell: linear red, green, blue, normal x, y, z, texels. */
function sumCell({ picture, normals, used }: LitTexture, left: number, top: number, sums: Float64Array): void {
  const { width, height, data } = picture;
  sums.fill(0);
  for (let y = top; y < Math.min(top + cellPx, height); y++) {
    for (let i = y * width + left; i < y * width + Math.min(left + cellPx, width); i++) {
      if (used[i] === 0) continue;
      for (let c = 0; c < 3; c++) {
        sums[c]! += srgb8ToLinear(data[i * 4 + c]!);
        sums[3 + c]! += normals[i * 3 + c]!;
      }
      sums[6]!++;
    }
  }
}

function collectCells(texture: LitTexture): Cells {
  const { width, height } = texture.picture;
  const most = Math.ceil(width / cellPx) * Math.ceil(height / cellPx);
  const cells = {
    values: new Float64Array(most),
    basis: new Float64Array(most * basisSize),
    material: new Int32Array(most),
  };
  const sums = new Float64Array(7);
  const materials = new Map<number, number>();
  let count = 0;
  for (let top = 0; top < height; top += cellPx) {
    for (let left = 0; left < width; left += cellPx) {
      sumCell(texture, left, top, sums);
      const [red, green, blue, x, y, z, texels] = sums as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const length = Math.sqrt(x * x + y * y + z * z);
      // A cell over a chart border or a sharp bend has no direction of its own.
      if (texels < (cellPx * cellPx) / 2 || !(length > 0.9 * texels)) continue;
      const sum = red + green + blue;
      const share = (value: number): number => (sum > 0 ? Math.floor((value / sum) * (chromaSteps - 1) + 0.5) : 0);
      cells.values[count] = Math.log((0.2126 * red + 0.7152 * green + 0.0722 * blue) / texels + darkest);
      shBasis(x / length, y / length, z / length, cells.basis, count * basisSize);
      const kind = share(red) * chromaSteps + share(green);
      if (!materials.has(kind)) materials.set(kind, materials.size);
      cells.material[count] = materials.get(kind)!;
      count++;
    }
  }
  return { count, materials: materials.size, ...cells };
}

/** Takes each material’s mean off its cells: two colours of paint are not light. Mutates. */
function centreByMaterial({ count, materials, values, basis, material }: Cells): void {
  const stride = basisSize + 1;
  const sums = new Float64Array(materials * stride);
  const counts = new Int32Array(materials);
  for (let i = 0; i < count; i++) {
    const at = material[i]! * stride;
    counts[material[i]!]!++;
    sums[at]! += values[i]!;
    for (let k = 0; k < basisSize; k++) sums[at + 1 + k]! += basis[i * basisSize + k]!;
  }
  for (let i = 0; i < count; i++) {
    const at = material[i]! * stride;
    const members = counts[material[i]!]!;
    values[i]! -= sums[at]! / members;
    for (let k = 0; k < basisSize; k++) basis[i * basisSize + k]! -= sums[at + 1 + k]! / members;
  }
}

/** Least squares by normal equations, with a trace of ridge for surfaces that show few directions. */
function fitLight({ count, values, basis }: Cells): Float64Array {
  const matrix = new Float64Array(basisSize * basisSize);
  const right = new Float64Array(basisSize);
  for (let i = 0; i < count; i++)
    addOuter(matrix, right, basis.subarray(i * basisSize, (i + 1) * basisSize), values[i]!);
  for (let k = 0; k < basisSize; k++) matrix[k * basisSize + k]! += 1e-3 * count;
  return solveSymmetric(matrix, right);
}

const dot = (basis: Float64Array, i: number, light: Float64Array): number => {
  let sum = 0;
  for (let k = 0; k < basisSize; k++) sum += basis[i * basisSize + k]! * light[k]!;
  return sum;
};

function contrastOf(basis: Float64Array, count: number, light: Float64Array): number {
  const shades = Float64Array.from({ length: count }, (_, i) => dot(basis, i, light)).sort();
  const at = (share: number): number => shades[Math.min(count - 1, Math.floor(share * count))]!;
  return Math.exp(at(0.95) - at(0.05));
}

/**
 * Asks whether light is painted into a base colour texture: fits log-luminance of 8 × 8 cells by a distant light over
 * the normals (spherical harmonics up to order 2; Ramamoorthi & Hanrahan 2001), with one free brightness for each
 * chromaticity. Paint that happens to follow direction without a change of hue (white snow on a grey roof) looks the
 * same as light; shadows cast and occlusion are not seen. About 40 ms for 1024 × 1024.
 *
 * @throws RangeError when normals or mask do not fit the picture.
 */
export function measureBakedLight(texture: LitTexture): BakedLight {
  checkPicture(texture.picture);
  const texels = texture.picture.width * texture.picture.height;
  if (texture.normals.length !== texels * 3 || texture.used.length !== texels) {
    throw new RangeError(
      `Normals (${texture.normals.length}) or mask (${texture.used.length}) do not fit ${texels} texels.`,
    );
  }
  const cells = collectCells(texture);
  const none = {
    r2: null,
    contrast: 1,
    direction: [0, 0, 0],
    light: new Float64Array(basisSize),
    cells: cells.count,
  } as const;
  if (cells.count < leastCells) return none;
  const raw = cells.basis.slice();
  centreByMaterial(cells);
  const light = fitLight(cells);
  let total = 0;
  let rest = 0;
  for (let i = 0; i < cells.count; i++) {
    total += cells.values[i]! ** 2;
    rest += (cells.values[i]! - dot(cells.basis, i, light)) ** 2;
  }
  const freedom = cells.count - cells.materials;
  const adjusted = total > 0 && freedom > basisSize ? 1 - rest / (freedom - basisSize) / (total / freedom) : 0;
  const length = Math.hypot(light[0]!, light[1]!, light[2]!);
  const unit = (k: number): number => (length > 0 ? light[k]! / length : 0);
  return {
    r2: Math.min(1, Math.max(0, adjusted)),
    contrast: contrastOf(raw, cells.count, light),
    direction: [unit(0), unit(1), unit(2)],
    light,
    cells: cells.count,
  };
}
