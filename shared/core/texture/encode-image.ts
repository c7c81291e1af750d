import type sharpModule from 'sharp';
import { AtlasError } from '../../errors.ts';
import { limits } from '../../schema/index.ts';
import type { PixelSize } from './fit-size.ts';

/** The image library, passed in by the caller. Set its concurrency to 1 in a worker. */
export type Sharp = typeof sharpModule;

export const writableTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type WritableType = (typeof writableTypes)[number];

export interface ImageRequest {
  readonly sharp: Sharp;
  readonly type: WritableType;
  /** Quality of lossy types, 1–100. */
  readonly quality: number;
  /** False drops the alpha channel before anything else, so that colours under zero alpha survive a resize. */
  readonly keepAlpha: boolean;
  /** True for normals, roughness and other numbers: colour is not subsampled where the format allows. */
  readonly data: boolean;
  readonly size?: PixelSize | undefined;
  /** JSON pointer of the image, for errors. */
  readonly pointer: string;
}

/** Least quality at which numbers, as opposed to colours, are stored by a lossy encoder. */
const leastDataQuality = 90;

const open = (bytes: Uint8Array, sharp: Sharp): ReturnType<Sharp> =>
  sharp(bytes, { ignoreIcc: true, failOn: 'error', limitInputPixels: limits.imageSizePx ** 2 });

/** The colours of an image alone, in a pipeline of its own: within one, the library drops alpha only after a resize. */
async function opaque(image: ReturnType<Sharp>, sharp: Sharp): Promise<ReturnType<Sharp>> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
}

/**
 * Decodes an image, shrinks it with a Lanczos-3 kernel when `size` is given, and encodes it. Values are taken as stored:
 * colour profiles and gamma are ignored, as glTF 2.0 section 3.8.3 asks. Colours are weighted by alpha where it is kept.
 * @throws image_malformed
 */
export async function encodeImage(bytes: Uint8Array, request: ImageRequest): Promise<Uint8Array<ArrayBuffer>> {
  const { sharp, type, keepAlpha, data, size } = request;
  const quality = data ? Math.max(request.quality, leastDataQuality) : request.quality;
  try {
    const source = open(bytes, sharp);
    const dropsAlpha = !keepAlpha && (await source.metadata()).hasAlpha;
    const pipeline = dropsAlpha ? await opaque(source, sharp) : source;
    if (size) pipeline.resize(size[0], size[1], { fit: 'fill', kernel: 'lanczos3' });
    if (type === 'image/jpeg') pipeline.jpeg({ quality, chromaSubsampling: data ? '4:4:4' : '4:2:0' });
    else if (type === 'image/webp') pipeline.webp({ quality, smartSubsample: data });
    else pipeline.png({ compressionLevel: 9, palette: false });
    return new Uint8Array(await pipeline.toBuffer());
  } catch (cause) {
    throw new AtlasError('image_malformed', `An image cannot be decoded: ${(cause as Error).message}`, {
      pointer: request.pointer,
      cause,
    });
  }
}

/** Whether an image has an alpha channel with anything but full opacity in it. @throws image_malformed */
export async function hasTransparency(bytes: Uint8Array, sharp: Sharp, pointer: string): Promise<boolean> {
  try {
    const image = open(bytes, sharp);
    const { hasAlpha } = await image.metadata();
    return hasAlpha && !(await image.stats()).isOpaque;
  } catch (cause) {
    throw new AtlasError('image_malformed', `An image cannot be decoded: ${(cause as Error).message}`, {
      pointer,
      cause,
    });
  }
}
