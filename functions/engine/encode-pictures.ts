import type { EvidencePicture } from '../../shared/core/quality/fidelity/draw-evidence.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { GatePicture } from '../../shared/ports/index.ts';

/** Lossy, but two pixels of a wireframe still stand apart. */
const quality = 80;

/** What all pictures of one report may weigh: a page with all of them as base64 stays under 3 MB. */
const mostBytes = 2_000_000;

/** Encodes pictures as WebP, in their order; what would take the sum past two megabytes is left out. */
export async function encodePictures(pictures: readonly EvidencePicture[]): Promise<GatePicture[]> {
  const { sharp } = await import('./images.ts');
  const encoded: GatePicture[] = [];
  let left = mostBytes;
  for (const { picture, ...about } of pictures) {
    const { width, height, data } = picture;
    const bytes = new Uint8Array(
      await sharp(data, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .webp({ quality, effort: 2 })
        .toBuffer(),
    );
    if (bytes.byteLength > left) continue;
    left -= bytes.byteLength;
    encoded.push({
      meta: {
        ...about,
        contentType: 'image/webp',
        widthPx: width,
        heightPx: height,
        sha256: sha256Hex(bytes),
        sizeBytes: bytes.byteLength,
        driver: 'cpu',
      },
      bytes,
    });
  }
  return encoded;
}
