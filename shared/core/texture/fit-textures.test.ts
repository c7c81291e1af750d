import { Document, type Material, type Texture } from '@gltf-transform/core';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { imageSize } from '../format/image-size.ts';
import { checkPixels } from './check-pixels.ts';
import { encodeTextures } from './encode-textures.ts';
import { fitTextures } from './fit-textures.ts';

type Type = 'png' | 'jpeg' | 'webp';
type Slot = 'BaseColor' | 'Normal' | 'MetallicRoughness' | 'Emissive';

/** A picture with a gradient, so that it does not pack to nothing; `alpha` of its left half is 0. */
async function picture(
  type: Type,
  widthPx: number,
  heightPx: number,
  alpha: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const channels = alpha ? 4 : 3;
  const pixels = new Uint8Array(widthPx * heightPx * channels);
  for (let i = 0; i < widthPx * heightPx; i++) {
    const x = i % widthPx;
    pixels.set(
      [(x * 255) / widthPx, (i / widthPx / heightPx) * 255, (x * 7) % 256, x < widthPx / 2 ? 0 : 255].slice(
        0,
        channels,
      ),
      i * channels,
    );
  }
  const image = sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } });
  return new Uint8Array(await image.toFormat(type, type === 'png' ? {} : { quality: 100 }).toBuffer());
}

async function documentWith(
  type: Type,
  options: { slot?: Slot; size?: [number, number]; alpha?: boolean; mode?: 'OPAQUE' | 'BLEND' } = {},
): Promise<{ document: Document; texture: Texture; material: Material }> {
  const { slot = 'BaseColor', size = [64, 64], alpha = false, mode = 'OPAQUE' } = options;
  const document = new Document();
  const texture = document
    .createTexture('picture')
    .setImage(await picture(type, ...size, alpha))
    .setMimeType(`image/${type}`);
  const material = document.createMaterial().setAlphaMode(mode);
  material[`set${slot}Texture`](texture);
  return { document, texture, material };
}

const all = ['image/png', 'image/jpeg', 'image/webp'];
const sizeOf = (texture: Texture) => imageSize(texture.getImage()!);

describe('fitTextures', () => {
  test.each<[string, Type, Parameters<typeof documentWith>[1], number, string[], string, number, string[]]>([
    ['leaves what fits byte for byte', 'png', {}, 64, all, 'png', 64, []],
    ['shrinks in the type that it has', 'png', {}, 32, all, 'png', 32, ['texture_shrunk']],
    ['shrinks JPEG as JPEG', 'jpeg', {}, 16, all, 'jpeg', 16, ['texture_shrunk']],
    [
      'makes an opaque image JPEG where its type is not read',
      'webp',
      {},
      64,
      ['image/png', 'image/jpeg'],
      'jpeg',
      64,
      ['texture_reencoded'],
    ],
    [
      'keeps transparency, as PNG',
      'webp',
      { alpha: true, mode: 'BLEND' },
      64,
      ['image/png', 'image/jpeg'],
      'png',
      64,
      ['texture_reencoded'],
    ],
    [
      'disregards an alpha channel that no material reads',
      'webp',
      { alpha: true },
      64,
      ['image/png', 'image/jpeg'],
      'jpeg',
      64,
      ['texture_reencoded'],
    ],
    [
      'makes normals PNG rather than JPEG',
      'webp',
      { slot: 'Normal' },
      64,
      ['image/png', 'image/jpeg'],
      'png',
      64,
      ['texture_reencoded'],
    ],
    ['does both at once', 'webp', {}, 32, ['image/png'], 'png', 32, ['texture_shrunk', 'texture_reencoded']],
  ])('%s', async (_, type, options, sizePx, allowedTypes, expected, side, codes) => {
    const { document, texture } = await documentWith(type, options);
    const before = texture.getImage();
    const changes = await fitTextures(document, { sizePx, allowedTypes, sharp });
    expect(changes.map(({ code }) => code)).toEqual(codes);
    expect(sizeOf(texture)).toEqual({ mimeType: `image/${expected}`, width: side, height: side });
    expect(texture.getMimeType()).toBe(`image/${expected}`);
    if (codes.length === 0) expect(texture.getImage()).toBe(before);
    const names = document
      .getRoot()
      .listExtensionsUsed()
      .map(({ extensionName }) => extensionName);
    expect(names).toEqual(expected === 'webp' ? ['EXT_texture_webp'] : []);
  });

  test('colours under zero alpha survive where nobody reads the alpha', async () => {
    const { document, texture } = await documentWith('png', { alpha: true });
    await fitTextures(document, { sizePx: 32, allowedTypes: all, sharp });
    const { data, info } = await sharp(texture.getImage()!).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(3);
    // The left half had alpha 0; its green grows from top to bottom.
    expect(data[(31 * 32 + 2) * 3 + 1]).toBeGreaterThan(200);
  });

  test('an image that cannot be decoded is refused with its place', async () => {
    const { document, texture } = await documentWith('png');
    texture.setImage(texture.getImage()!.slice(0, 100));
    await expect(fitTextures(document, { sizePx: 32, allowedTypes: all, sharp })).rejects.toMatchObject({
      code: 'image_malformed',
      pointer: '/images/0',
    });
  });
});

describe('encodeTextures', () => {
  test.each<[string, Type, Parameters<typeof documentWith>[1], 'keep' | 'jpeg' | 'webp', string, string[]]>([
    ['keep leaves PNG alone', 'png', {}, 'keep', 'png', []],
    ['keep leaves WebP alone', 'webp', {}, 'keep', 'webp', []],
    ['jpeg takes opaque PNG', 'png', {}, 'jpeg', 'jpeg', ['texture_encoded']],
    ['jpeg leaves transparency', 'png', { alpha: true, mode: 'BLEND' }, 'jpeg', 'png', []],
    ['jpeg takes an alpha channel that no material reads', 'png', { alpha: true }, 'jpeg', 'jpeg', ['texture_encoded']],
    ['webp takes PNG', 'png', {}, 'webp', 'webp', ['texture_encoded']],
    ['webp takes transparency along', 'png', { alpha: true, mode: 'BLEND' }, 'webp', 'webp', ['texture_encoded']],
    ['webp takes data, with care', 'png', { slot: 'MetallicRoughness' }, 'webp', 'webp', ['texture_encoded']],
  ])('%s', async (_, type, options, format, expected, codes) => {
    const { document, texture } = await documentWith(type, options);
    const changes = await encodeTextures(document, { format, quality: 80, sharp });
    expect(changes.map(({ code }) => code)).toEqual(codes);
    expect(sizeOf(texture)).toEqual({ mimeType: `image/${expected}`, width: 64, height: 64 });
    const alpha = (await sharp(texture.getImage()!).metadata()).hasAlpha;
    expect(alpha).toBe(options?.mode === 'BLEND');
    expect(document.getRoot().listExtensionsUsed()).toHaveLength(expected === 'webp' ? 1 : 0);
  });

  test('does not encode a lossy image again when that makes it larger', async () => {
    const { document, texture } = await documentWith('jpeg');
    texture.setImage(new Uint8Array(await sharp(texture.getImage()!).jpeg({ quality: 5 }).toBuffer()));
    const before = texture.getImage();
    expect(await encodeTextures(document, { format: 'webp', quality: 100, sharp })).toEqual([]);
    expect(texture.getImage()).toBe(before);
  });

  test('stores data with little loss whatever quality colours get', async () => {
    const { document, texture } = await documentWith('png', { slot: 'Normal' });
    const before = await sharp(texture.getImage()!).raw().toBuffer();
    await encodeTextures(document, { format: 'webp', quality: 10, sharp });
    const after = await sharp(texture.getImage()!).raw().toBuffer();
    const error = before.reduce((sum, value, i) => sum + Math.abs(value - after[i]!), 0) / before.length;
    // Quality 10 is off by more than ten on this picture.
    expect(error).toBeLessThan(6);
  });
});

describe('checkPixels', () => {
  test.each<Type>(['png', 'jpeg', 'webp'])('tells a whole %s from one that is cut off', async (type) => {
    const { document, texture } = await documentWith(type, { size: [256, 256] });
    await expect(checkPixels(document, sharp)).resolves.toBeUndefined();
    texture.setImage(texture.getImage()!.slice(0, Math.floor(texture.getImage()!.length * 0.6)));
    await expect(checkPixels(document, sharp)).rejects.toMatchObject({ code: 'image_malformed', pointer: '/images/0' });
  });
});
