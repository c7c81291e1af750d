import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import sharp from 'sharp';
import { imageSize } from './image-size.ts';

const picture = (width: number, height: number, alpha = false) =>
  sharp({ create: { width, height, channels: alpha ? 4 : 3, background: { r: 9, g: 99, b: 199, alpha: 0.5 } } });

describe('imageSize agrees with libvips, which wrote the file', () => {
  test.each([
    ['image/png', () => picture(37, 5).png()],
    ['image/jpeg', () => picture(37, 5).jpeg()],
    ['image/jpeg', () => picture(37, 5).jpeg({ progressive: true })],
    [
      'image/jpeg',
      () =>
        picture(37, 5)
          .withExif({ IFD0: { Copyright: 'x'.repeat(5000) } })
          .jpeg(),
    ],
    ['image/webp', () => picture(37, 5).webp()],
    ['image/webp', () => picture(37, 5).webp({ lossless: true })],
    ['image/webp', () => picture(37, 5, true).webp()],
    ['image/avif', () => picture(37, 5).avif({ effort: 0 })],
  ] as const)('on %s', async (mimeType, write) => {
    expect(imageSize(await write().toBuffer())).toEqual({ mimeType, width: 37, height: 5 });
  });
});

test('KTX2 states its size behind the identifier', () => {
  const bytes = new Uint8Array(80);
  bytes.set([0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a]);
  new DataView(bytes.buffer).setUint32(20, 640, true);
  new DataView(bytes.buffer).setUint32(24, 480, true);
  expect(imageSize(bytes)).toEqual({ mimeType: 'image/ktx2', width: 640, height: 480 });
});

test('no bytes make it throw, and cut files have no size or their own', async () => {
  const whole = await picture(37, 5).jpeg().toBuffer();
  fc.assert(
    fc.property(fc.nat(whole.length), fc.uint8Array({ maxLength: 40 }), (length, tail) => {
      const size = imageSize(Uint8Array.from([...whole.subarray(0, length), ...tail]));
      expect(size === undefined || (size.width > 0 && size.height > 0)).toBe(true);
    }),
  );
});
