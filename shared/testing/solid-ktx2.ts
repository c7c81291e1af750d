/**
 * A KTX2 image of 4 × 4 texels of one colour: one block of UASTC in mode 8, solid (KTX 2.0 section 3; UASTC specification,
 * "void-extent" blocks). `rgb` are sRGB codes.
 */
export function solidKtx2(rgb: readonly [number, number, number]): Uint8Array<ArrayBuffer> {
  const dfdAt = 80 + 24;
  const dfdBytes = 4 + 24 + 16;
  const dataAt = Math.ceil((dfdAt + dfdBytes) / 16) * 16;
  const bytes = new Uint8Array(dataAt + 16);
  const view = new DataView(bytes.buffer);
  const words = (at: number, values: readonly number[]): void => {
    for (const [i, value] of values.entries()) view.setUint32(at + i * 4, value, true);
  };
  bytes.set([0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a]);
  // Format undefined, type size, width, height, depth, layers, faces, levels, no supercompression.
  words(12, [0, 1, 4, 4, 0, 0, 1, 1, 0]);
  // Where the data format descriptor, key values and supercompression data are; the index of levels.
  words(48, [dfdAt, dfdBytes, 0, 0, 0, 0, 0, 0]);
  words(80, [dataAt, 0, 16, 0, 16, 0]);
  // Descriptor: UASTC (166), BT.709, sRGB; blocks of 4 × 4 in 16 bytes; one sample of 128 bits, RGBA.
  words(dfdAt, [dfdBytes, 0, 2 | (40 << 16), 166 | (1 << 8) | (2 << 16), 3 | (3 << 8), 16, 0]);
  words(dfdAt + 28, [(127 << 16) | (3 << 24), 0, 0, 0xffffffff]);
  // Bits from the lowest: mode 8 (10111), RGBA; then hints for ETC1: absolute, table 0, index 2, RGB in five bits.
  const fields = [
    ...[[0x17, 5], ...[...rgb, 255].map((code) => [code, 8])],
    ...[[0, 1], [0, 3], [2, 2], ...rgb.map((code) => [code >> 3, 5])],
  ] as [number, number][];
  let at = 0;
  for (const [value, bits] of fields) {
    for (let i = 0; i < bits; i++, at++) bytes[dataAt + (at >> 3)]! |= ((value >> i) & 1) << (at & 7);
  }
  return bytes;
}
