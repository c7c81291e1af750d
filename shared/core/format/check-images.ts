import { AtlasError } from '../../errors.ts';
import type { Change } from '../../schema/index.ts';
import type { GltfJson } from './gltf-json.ts';
import { imageSize } from './image-size.ts';
import type { Resources } from './resolve-resources.ts';
import type { SourceLimits } from './source-limits.ts';
import { viewBytes } from './view-bytes.ts';

type ImageJson = NonNullable<GltfJson['images']>[number];

function bytesOf(json: GltfJson, image: ImageJson, resources: Resources): Uint8Array {
  if (image.bufferView !== undefined) return viewBytes(json, image.bufferView, resources);
  return resources[image.uri ?? ''] ?? new Uint8Array(0);
}

/** Counts the pixels of images that were seen so far. */
export interface PixelBudget {
  pixels: number;
}

/**
 * Reads one image's header and holds it against the limits, before anything decodes it.
 * @throws image_malformed, image_too_large
 */
export function checkImage(
  bytes: Uint8Array,
  pointer: string,
  limits: SourceLimits,
  budget: PixelBudget,
): NonNullable<ReturnType<typeof imageSize>> {
  const header = imageSize(bytes);
  if (!header) {
    throw new AtlasError('image_malformed', 'The image is no PNG, JPEG, WebP, AVIF or KTX2 that can be read.', {
      pointer,
    });
  }
  const { width, height } = header;
  if (Math.max(width, height) > limits.imageSizePx) {
    throw new AtlasError(
      'image_too_large',
      `The image has ${width} × ${height} pixels; the limit is ${limits.imageSizePx} a side.`,
      { pointer },
    );
  }
  budget.pixels += width * height;
  if (budget.pixels > limits.imagePixels) {
    throw new AtlasError('image_too_large', `All images together have over ${limits.imagePixels} pixels.`, { pointer });
  }
  return header;
}

/**
 * Checks the header of every image of a glTF, and sets each `mimeType` to what the bytes are. Mutates `json`.
 * @throws image_malformed, image_too_large
 */
export function checkImages(json: GltfJson, resources: Resources, limits: SourceLimits): Change[] {
  const budget: PixelBudget = { pixels: 0 };
  const changes: Change[] = [];
  for (const [i, image] of (json.images ?? []).entries()) {
    const pointer = `/images/${i}`;
    const { mimeType } = checkImage(bytesOf(json, image, resources), pointer, limits, budget);
    if (image.mimeType !== undefined && image.mimeType !== mimeType) {
      const message = `The image is called ${image.mimeType} but is ${mimeType}.`;
      changes.push({ code: 'image_type_corrected', message, pointer: `${pointer}/mimeType` });
    }
    image.mimeType = mimeType;
  }
  return changes;
}
