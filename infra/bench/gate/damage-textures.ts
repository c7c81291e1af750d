import type { Document, Texture } from '@gltf-transform/core';
import { sharp } from '../../../functions/engine/images.ts';

/** What went wrong with the textures of a delivery, and where. */
export interface Damage {
  readonly name: string;
  /** Changes the document; false when there is nothing that it could change. */
  damage(document: Document): Promise<boolean>;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGB or RGBA, row by row. */
  readonly data: Uint8Array;
  readonly channels: 3 | 4;
}

const colourTextures = (document: Document): Texture[] => [
  ...new Set(
    document
      .getRoot()
      .listMaterials()
      .map((material) => material.getBaseColorTexture())
      .filter((texture) => texture !== null),
  ),
];

const png = ({ width, height, data, channels }: Pixels) =>
  sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 1 });

/** Changes the pixels of each texture of colours; `encode` is lossless unless given. */
function colours(
  name: string,
  change: (pixels: Pixels) => Pixels,
  encode: (pixels: Pixels) => { toBuffer(): Promise<Buffer> } = png,
  mimeType = 'image/png',
): Damage {
  return {
    name,
    async damage(document) {
      const textures = colourTextures(document);
      for (const texture of textures) {
        const { data, info } = await sharp(texture.getImage()!)
          .toColourspace('srgb')
          .raw()
          .toBuffer({ resolveWithObject: true });
        const channels = info.channels as 3 | 4;
        const changed = change({ width: info.width, height: info.height, data, channels });
        texture.setImage(new Uint8Array(await encode(changed).toBuffer())).setMimeType(mimeType);
      }
      return textures.length > 0;
    },
  };
}

/** Each pixel comes from another place. */
function moved(pixels: Pixels, from: (x: number, y: number) => readonly [x: number, y: number]): Pixels {
  const { width, height, data, channels } = pixels;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = from(x, y);
      const at = (fromY * width + fromX) * channels;
      out.set(data.subarray(at, at + channels), (y * width + x) * channels);
    }
  }
  return { ...pixels, data: out };
}

/** Each colour becomes another one; alpha stays. */
function recoloured(pixels: Pixels, change: (r: number, g: number, b: number) => readonly number[]): Pixels {
  const { data, channels } = pixels;
  const out = data.slice();
  for (let at = 0; at < data.length; at += channels) out.set(change(data[at], data[at + 1], data[at + 2]), at);
  return { ...pixels, data: out };
}

const gamma = (power: number) => (value: number) => Math.round(255 * (value / 255) ** power);

/** Ways in which a texture step goes wrong. Exports and loaders have done each of these. */
export const damages: readonly Damage[] = [
  colours(
    'JPEG of quality 5',
    (pixels) => pixels,
    (p) => png(p).jpeg({ quality: 5 }),
    'image/jpeg',
  ),
  colours(
    'an eighth of the size',
    (pixels) => pixels,
    (p) => png(p).resize(Math.max(1, p.width >> 3), Math.max(1, p.height >> 3)),
  ),
  colours('upside down', (pixels) => moved(pixels, (x, y) => [x, pixels.height - 1 - y])),
  colours('off by half its width', (pixels) => moved(pixels, (x, y) => [(x + (pixels.width >> 1)) % pixels.width, y])),
  colours('off by 1/64', (pixels) => moved(pixels, (x, y) => [(x + (pixels.width >> 6)) % pixels.width, y])),
  colours('red and blue swapped', (pixels) => recoloured(pixels, (r, g, b) => [b, g, r])),
  colours('without saturation', (pixels) =>
    recoloured(pixels, (r, g, b) => new Array<number>(3).fill(Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b))),
  ),
  colours('decoded twice (dark)', (pixels) => recoloured(pixels, (...rgb) => rgb.map(gamma(2.2)))),
  colours('encoded twice (pale)', (pixels) => recoloured(pixels, (...rgb) => rgb.map(gamma(1 / 2.2)))),
  {
    name: 'no texture',
    async damage(document) {
      const found = colourTextures(document).length > 0;
      for (const material of document.getRoot().listMaterials()) material.setBaseColorTexture(null);
      return found;
    },
  },
  {
    name: 'no normal map',
    async damage(document) {
      const materials = document.getRoot().listMaterials();
      const found = materials.some((material) => material.getNormalTexture() !== null);
      for (const material of materials) material.setNormalTexture(null);
      return found;
    },
  },
  {
    name: 'all metal',
    async damage(document) {
      for (const material of document.getRoot().listMaterials()) {
        material.setMetallicFactor(1).setMetallicRoughnessTexture(null);
      }
      return true;
    },
  },
];
