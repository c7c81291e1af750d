/** How texels lie in graphics memory: bytes of one block of `side` × `side` texels. */
interface TexelLayout {
  readonly side: number;
  readonly bytes: number;
}

/** Layouts that textures end up in: JPEG, PNG and WebP always as `rgba8`, KTX2 in a block format of the device. */
export const texelLayouts = {
  rgba8: { side: 1, bytes: 4 },
  bc1: { side: 4, bytes: 8 },
  etc2Rgb: { side: 4, bytes: 8 },
  bc7: { side: 4, bytes: 16 },
  astc4x4: { side: 4, bytes: 16 },
} as const satisfies Record<string, TexelLayout>;

export type TexelLayoutName = keyof typeof texelLayouts;

/**
 * Bytes that one image takes on the GPU, by default with all its mip levels down to 1 × 1 (a third more). However small
 * its file: three images of 4096 × 4096 are 256 MiB in `rgba8`.
 *
 * @throws RangeError when a side is not a positive integer.
 */
export function measureGpuMemory(
  width: number,
  height: number,
  layout: TexelLayoutName = 'rgba8',
  mips = true,
): number {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`There is no image of ${width} × ${height}.`);
  }
  const { side, bytes } = texelLayouts[layout];
  let total = 0;
  let w = width;
  let h = height;
  for (;;) {
    total += Math.ceil(w / side) * Math.ceil(h / side) * bytes;
    if (!mips || (w === 1 && h === 1)) return total;
    w = Math.max(1, w >> 1);
    h = Math.max(1, h >> 1);
  }
}
