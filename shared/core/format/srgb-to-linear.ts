/** Decodes one sRGB value of 0–1 to linear light (IEC 61966-2-1). Values outside are clamped; NaN becomes 1. */
export function srgbToLinear(value: number): number {
  if (!(value < 1)) return 1;
  if (value <= 0) return 0;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

const table = Float32Array.from({ length: 256 }, (_, i) => srgbToLinear(i / 255));

/** Decodes whole sRGB values of 0–255 by table. */
export function srgb8ToLinear(value: number): number {
  return table[value] as number;
}
