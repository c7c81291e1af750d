import { checkPicture, type Picture } from '../quality/metrics/picture.ts';

/** What a material says of metal. */
export interface MetallicInput {
  /** `metallicFactor` as the file states it; `undefined` when it does not (glTF then takes 1). */
  readonly factor?: number;
  /** The metallic-roughness texture, metal in its blue channel; `undefined` without one. */
  readonly texture?: Picture;
  /** Texels on the surface (not 0), `[height × width]` of the texture. */
  readonly used?: Uint8Array;
}

/** How metallic a material is drawn, and on whose word. */
export interface Metallic {
  /** `omission`: neither a factor nor a texture, so metal by glTF’s default alone. */
  readonly source: 'omission' | 'factor' | 'texture';
  /** Mean metallic over the used texels, 0–1. */
  readonly mean: number;
  /** Share of used texels that are metal (0.5 and more). */
  readonly metalShare: number;
  /** Share between 0.1 and 0.9: real surfaces are hardly ever half metal, so much of it means a guessed or blurred map. */
  readonly undecidedShare: number;
}

/**
 * Measures how metallic a material is. `source` `omission` is the defect of generators that leave the factor out.
 *
 * @throws RangeError when the mask or the data do not fit the size.
 */
export function measureMetallic({ factor, texture, used }: MetallicInput): Metallic {
  const drawn = factor ?? 1;
  if (!texture) {
    const source = factor === undefined ? 'omission' : 'factor';
    return {
      source,
      mean: drawn,
      metalShare: drawn >= 0.5 ? 1 : 0,
      undecidedShare: drawn > 0.1 && drawn < 0.9 ? 1 : 0,
    };
  }
  checkPicture(texture);
  const count = texture.width * texture.height;
  if (used && used.length !== count) throw new RangeError(`A mask of ${used.length} does not fit ${count} texels.`);
  let texels = 0;
  let sum = 0;
  let metal = 0;
  let undecided = 0;
  for (let i = 0; i < count; i++) {
    if (used && used[i] === 0) continue;
    const value = (texture.data[i * 4 + 2]! / 255) * drawn;
    texels++;
    sum += value;
    if (value >= 0.5) metal++;
    if (value > 0.1 && value < 0.9) undecided++;
  }
  const per = (part: number): number => (texels > 0 ? part / texels : 0);
  return { source: 'texture', mean: per(sum), metalShare: per(metal), undecidedShare: per(undecided) };
}
