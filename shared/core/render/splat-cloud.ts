/** 3D Gaussians (Kerbl et al. 2023), decoded: no logarithms, no logits. Plain data that can be posted to a thread. */
export interface SplatCloud {
  readonly count: number;
  /** `[count × 3]`, metres, in the axes of the file. */
  readonly positions: Float32Array;
  /** `[count × 3]`: standard deviations along the axes of each splat, metres. */
  readonly scales: Float32Array;
  /** `[count × 4]`: unit quaternions x, y, z, w. */
  readonly rotations: Float32Array;
  /** `[count]`, 0–1. */
  readonly opacities: Float32Array;
  /** Highest band of the spherical harmonics, 0–3. */
  readonly degree: 0 | 1 | 2 | 3;
  /** `[count × (degree + 1)² × 3]`: coefficients, red green blue of each together. Colours are sRGB values, as trained. */
  readonly harmonics: Float32Array;
}

/** How many harmonics a degree has. */
export const harmonicsOf = (degree: number): number => (degree + 1) * (degree + 1);
