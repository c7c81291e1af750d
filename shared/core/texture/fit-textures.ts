import type { Document, Texture } from '@gltf-transform/core';
import { AtlasError } from '../../errors.ts';
import type { Change } from '../../schema/index.ts';
import { imageSize } from '../format/image-size.ts';
import { encodeImage, hasTransparency, type Sharp, type WritableType, writableTypes } from './encode-image.ts';
import { fitSize } from './fit-size.ts';
import { declareImageTypes, setTextureImage } from './set-texture-image.ts';
import { type TextureRole, textureRoles } from './texture-role.ts';

export interface FitTexturesOptions {
  /** Longest side that a texture may have. */
  readonly sizePx: number;
  /** MIME types that the target reads. */
  readonly allowedTypes: readonly string[];
  readonly sharp: Sharp;
}

/** Quality of an image that convert may encode once more: no loss that is visible. */
const intermediateQuality = 95;

const readableTypes = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif']);

/** The type to store an image in: its own where allowed, else JPEG when nothing is lost by it, else PNG. */
async function chooseType(texture: Texture, role: TextureRole, options: FitTexturesOptions): Promise<WritableType> {
  const own = writableTypes.find((type) => type === texture.getMimeType());
  if (own && options.allowedTypes.includes(own)) return own;
  const allowed = (type: WritableType): boolean => options.allowedTypes.includes(type);
  const transparent =
    role.usesAlpha && (await hasTransparency(texture.getImage() as Uint8Array, options.sharp, role.pointer));
  if (allowed('image/jpeg') && !transparent && !role.normals) return 'image/jpeg';
  return allowed('image/png') ? 'image/png' : (writableTypes.find(allowed) ?? 'image/png');
}

async function fitTexture(texture: Texture, role: TextureRole, options: FitTexturesOptions): Promise<Change[]> {
  const image = texture.getImage();
  const header = image && imageSize(image);
  if (!header) {
    throw new AtlasError('image_malformed', 'An image has no size that can be read.', { pointer: role.pointer });
  }
  const before = [header.width, header.height] as const;
  const size = fitSize(before, options.sizePx);
  const tooLarge = size[0] !== before[0] || size[1] !== before[1];
  const ownType = texture.getMimeType();
  if (!tooLarge && options.allowedTypes.includes(ownType)) return [];
  if (!readableTypes.has(ownType)) {
    throw new AtlasError('extension_unsupported', `Images of type ${ownType} cannot be re-encoded.`, {
      pointer: role.pointer,
    });
  }
  const type = await chooseType(texture, role, options);
  const encoded = await encodeImage(image, {
    sharp: options.sharp,
    type,
    quality: intermediateQuality,
    keepAlpha: role.usesAlpha && type !== 'image/jpeg',
    data: role.data,
    size: tooLarge ? size : undefined,
    pointer: role.pointer,
  });
  setTextureImage(texture, encoded, type);
  const changes: Change[] = [];
  if (tooLarge) {
    const message = `Shrunk an image from ${before.join(' × ')} to ${size.join(' × ')} pixels.`;
    changes.push({ code: 'texture_shrunk', message, pointer: role.pointer });
  }
  if (type !== ownType) {
    const message = `Re-encoded an image from ${ownType} to ${type}.`;
    changes.push({ code: 'texture_reencoded', message, pointer: role.pointer });
  }
  return changes;
}

/**
 * Makes every texture fit a target: its longest side at most `sizePx`, its type one that the target reads. What fits is
 * left byte for byte as it is; nothing is enlarged. Mutates the document; about 0.1–0.5 s for an image of 2048².
 * @throws image_malformed, extension_unsupported
 */
export async function fitTextures(document: Document, options: FitTexturesOptions): Promise<Change[]> {
  const changes: Change[] = [];
  for (const [texture, role] of textureRoles(document)) changes.push(...(await fitTexture(texture, role, options)));
  declareImageTypes(document);
  return changes;
}
