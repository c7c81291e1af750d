import { lumaOf } from '../quality/metrics/luma-of.ts';
import { checkPicture, type Picture } from '../quality/metrics/picture.ts';
import { type Band, type GreyPlane, measureBands } from './measure-bands.ts';
import { cutWindows, type TextureWindow } from './measure-windows.ts';

/** How much of its size a texture needs. */
export interface EffectiveResolution {
  /**
   * The smallest scale, 1 to 1/32, to which the texture could be shrunk and enlarged again without a visible difference;
   * noise counts as detail. `null` when too few texels are used to say.
   */
  readonly scale: number | null;
  /** The same with white noise discounted, where the finest octave holds nothing but noise. */
  readonly denoisedScale: number | null;
  /** Standard deviation of that noise, 0–255; 0 when the finest octave holds detail. */
  readonly noiseSigma: number;
  /** Root mean square of what each octave adds, finest first, 0–255. */
  readonly octaves: readonly number[];
  /** Steps across the borders of 8 × 8 blocks over steps elsewhere; about 1 without block compression. */
  readonly blockiness: number;
  /** Texels that the finest octave was measured on. */
  readonly texels: number;
  /** Scale of each window that could be measured, to mark blurred places. */
  readonly windows: readonly (TextureWindow & { readonly scale: number })[];
}

const octaveCount = 5;
/** Fewer texels say nothing reliable of an octave. */
const leastTexels = 256;

/**
 * A loss is invisible below 40 dB of PSNR (2.55 of 255); in a texture of little contrast below a tenth of its contrast,
 * but never below what rounding to 8 bits twice may add (0.75).
 */
const visible = { most: 2.55, least: 0.75, ofContrast: 0.1 };

/** Energy that white noise of variance 1 leaves in each octave; measured, and held by a test. */
const noiseGain = [0.789, 0.116, 0.0276, 0.0068, 0.0017];
/** The finest octave is noise when it exceeds the next one by this share of what white noise would. */
const noiseShare = 0.7;

/** Mean energy of each octave over all windows, up to the last octave with enough texels. */
function meanEnergies(parts: readonly (readonly Band[])[]): number[] {
  const means: number[] = [];
  for (let k = 0; k < octaveCount; k++) {
    let energy = 0;
    let texels = 0;
    for (const bands of parts) {
      energy += bands[k]?.energy ?? 0;
      texels += bands[k]?.texels ?? 0;
    }
    // Each octave has a quarter of the texels of the one before.
    if (texels < Math.max(16, leastTexels / 4 ** k)) break;
    means.push(energy / texels);
  }
  return means;
}

/** The scale at which what was lost so far becomes visible; between octaves by the share of the energy. */
function scaleOf(energies: readonly number[], contrast: number): number | null {
  if (energies.length === 0) return null;
  const limit = Math.min(visible.most, Math.max(visible.least, visible.ofContrast * contrast)) ** 2;
  let lost = 0;
  for (const [k, energy] of energies.entries()) {
    if (lost + energy > limit) return 2 ** -(k + (limit - lost) / energy);
    lost += energy;
  }
  return 2 ** -energies.length;
}

/** Variance of white noise, if that is all that the finest octave holds. */
function noiseVariance(energies: readonly number[]): number {
  const [finest, next] = energies;
  if (finest === undefined || next === undefined) return 0;
  return finest > 0 && finest >= noiseShare * (noiseGain[0]! / noiseGain[1]!) * next ? finest / noiseGain[0]! : 0;
}

/** Mean step between neighbours across block borders over the mean step elsewhere, on used texels, rows and columns. */
function measureBlockiness(windows: readonly { readonly plane: GreyPlane }[]): number {
  const sums = [0, 0];
  const counts = [0, 0];
  for (const { plane } of windows) {
    const { width, height, values, used } = plane;
    for (let y = 1; y < height; y++) {
      for (let x = 1, i = y * width + 1; x < width; x++, i++) {
        if ((used[i]! & used[i - 1]! & used[i - width]!) === 0) continue;
        // Windows begin at multiples of eight texels.
        const column = x % 8 === 0 ? 1 : 0;
        const row = y % 8 === 0 ? 1 : 0;
        sums[column]! += Math.abs(values[i]! - values[i - 1]!);
        sums[row]! += Math.abs(values[i]! - values[i - width]!);
        counts[column]!++;
        counts[row]!++;
      }
    }
  }
  const elsewhere = sums[0]! / counts[0]!;
  return elsewhere > 0 && counts[1]! > 0 ? sums[1]! / counts[1]! / elsewhere : 1;
}

/**
 * Measures how much detail a texture really holds, on luma of the used texels (`used[i]` other than 0; all without it).
 * Large textures are measured on up to 16 windows of 256 × 256, spread over the used area. 0.05 s for 1024 × 1024.
 *
 * @throws RangeError when the mask or the data do not fit the size.
 */
export function measureEffectiveResolution(picture: Picture, used?: Uint8Array): EffectiveResolution {
  checkPicture(picture);
  const { width, height } = picture;
  const mask = used ? used.map((value) => (value === 0 ? 0 : 1)) : new Uint8Array(width * height).fill(1);
  if (mask.length !== width * height) throw new RangeError(`A mask of ${mask.length} is not ${width} × ${height}.`);
  const windows = cutWindows({ width, height, values: lumaOf(picture), used: mask });
  const parts = windows.map(({ plane }) => measureBands(plane, octaveCount));
  const energies = meanEnergies(parts);
  const contrast = Math.sqrt(energies.reduce((sum, energy) => sum + energy, 0));
  const noise = noiseVariance(energies);
  const denoised = energies.map((energy, k) => Math.max(0, energy - noise * noiseGain[k]!));
  return {
    scale: scaleOf(energies, contrast),
    denoisedScale: scaleOf(denoised, contrast),
    noiseSigma: Math.sqrt(noise),
    octaves: energies.map(Math.sqrt),
    blockiness: measureBlockiness(windows),
    texels: parts.reduce((sum, bands) => sum + (bands[0]?.texels ?? 0), 0),
    windows: windows.flatMap(({ x, y, size }, i) => {
      const scale = scaleOf(meanEnergies([parts[i]!]), contrast);
      return scale === null ? [] : [{ x, y, size, scale }];
    }),
  };
}
