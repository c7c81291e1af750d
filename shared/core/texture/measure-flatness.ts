import { checkPicture, type Picture } from '../quality/metrics/picture.ts';

/** How much there is to see in a texture. Of used texels only; all 0 when none is used. */
export interface Flatness {
  /** Shannon entropy of luma in bits: 0 one value, 8 all 256 alike. */
  readonly entropyBits: number;
  /** Colours in use at 5 bits a channel, each on at least one of 10,000 texels. */
  readonly colours: number;
  /** Share of texels with the most frequent of those colours. */
  readonly mainColourShare: number;
  /** Standard deviation of luma, 0–255. */
  readonly lumaDeviation: number;
  readonly meanLuma: number;
  /** Mean of (max − min) of red, green, blue, 0–255: 0 grey. */
  readonly meanChroma: number;
  /** Share of pale texels: luma over 175 and saturation under 0.35. */
  readonly paleShare: number;
  /** Share of texels of a saturation (HSV) under 0.28. */
  readonly greyishShare: number;
  readonly texels: number;
}

/** The bounds by which the 404 network’s judge calls a picture pale and greyish (its “grey rescue”). */
const pale = { luma: 175, saturation: 0.35 };
const greyishSaturation = 0.28;
const leastColourShare = 1e-4;

function entropyOf(histogram: Uint32Array, texels: number): number {
  let bits = 0;
  for (const count of histogram) if (count > 0) bits -= (count / texels) * Math.log2(count / texels);
  return bits;
}

/** What one pass over the texels gathers. */
function gather({ data }: Picture, used: Uint8Array | undefined, count: number) {
  const luma = new Uint32Array(256);
  const colours = new Uint32Array(32 * 32 * 32);
  const sums = { texels: 0, luma: 0, lumaSquares: 0, chroma: 0, pale: 0, greyish: 0 };
  for (let i = 0, at = 0; i < count; i++, at += 4) {
    if (used && used[i] === 0) continue;
    const red = data[at]!;
    const green = data[at + 1]!;
    const blue = data[at + 2]!;
    const y = 0.299 * red + 0.587 * green + 0.114 * blue;
    const high = Math.max(red, green, blue);
    const chroma = high - Math.min(red, green, blue);
    luma[Math.round(y)]!++;
    colours[((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3)]!++;
    sums.texels++;
    sums.luma += y;
    sums.lumaSquares += y * y;
    sums.chroma += chroma;
    if (y > pale.luma && chroma < pale.saturation * high) sums.pale++;
    if (chroma < greyishSaturation * high || high === 0) sums.greyish++;
  }
  return { luma, colours, sums };
}

/**
 * Measures whether a texture is flat (one colour, or nearly) or pale (washed out, grey), on stored sRGB values of the
 * texels whose mask is not 0. About 10 ns a texel.
 *
 * @throws RangeError when the mask or the data do not fit the size.
 */
export function measureFlatness(picture: Picture, used?: Uint8Array): Flatness {
  checkPicture(picture);
  const count = picture.width * picture.height;
  if (used && used.length !== count) throw new RangeError(`A mask of ${used.length} does not fit ${count} texels.`);
  const { luma, colours, sums } = gather(picture, used, count);
  const { texels } = sums;
  const per = (sum: number): number => (texels > 0 ? sum / texels : 0);
  const meanLuma = per(sums.luma);
  let inUse = 0;
  let main = 0;
  for (const share of colours) {
    if (share > 0 && share >= leastColourShare * texels) inUse++;
    if (share > main) main = share;
  }
  return {
    entropyBits: entropyOf(luma, texels),
    colours: inUse,
    mainColourShare: per(main),
    lumaDeviation: Math.sqrt(Math.max(0, per(sums.lumaSquares) - meanLuma * meanLuma)),
    meanLuma,
    meanChroma: per(sums.chroma),
    paleShare: per(sums.pale),
    greyishShare: per(sums.greyish),
    texels,
  };
}
