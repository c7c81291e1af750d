import { deflateSync } from 'node:zlib';

/** CRC-32 of PNG, bit by bit (PNG, 3rd edition, annex D). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/**
 * A PNG of one colour. With `declared`, its header states another size than its pixels have, as a hostile file does.
 */
export function smallPng(
  options: { sizePx?: number; rgb?: readonly [number, number, number]; declared?: readonly [number, number] } = {},
): Uint8Array {
  const { sizePx = 2, rgb = [200, 80, 40] } = options;
  const [width, height] = options.declared ?? [sizePx, sizePx];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  // Each row starts with its filter type, 0.
  const row = [0, ...Array.from({ length: sizePx }, () => rgb).flat()];
  const pixels = deflateSync(Uint8Array.from(Array.from({ length: sizePx }, () => row).flat()));
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Uint8Array.from(
    Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', new Uint8Array(0))]),
  );
}
