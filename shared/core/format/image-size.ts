/** What an image's header says. */
export interface ImageHeader {
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/avif' | 'image/ktx2';
  readonly width: number;
  readonly height: number;
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const startsWith = (bytes: Uint8Array, signature: readonly number[], offset = 0): boolean =>
  bytes.length >= offset + signature.length && signature.every((byte, i) => bytes[offset + i] === byte);

const ascii = (text: string): number[] => Array.from(text, (char) => char.charCodeAt(0));

/** PNG, 3rd edition, section 11.2.1: IHDR is the first chunk. */
function pngHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (!startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return undefined;
  if (bytes.length < 24 || !startsWith(bytes, ascii('IHDR'), 12)) return undefined;
  return { mimeType: 'image/png', width: view(bytes).getUint32(16), height: view(bytes).getUint32(20) };
}

/** Markers of JPEG frames (ITU-T T.81 table B.1): C0–CF but for DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function jpegHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (!startsWith(bytes, [0xff, 0xd8, 0xff])) return undefined;
  const data = view(bytes);
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrame(marker)) {
      return { mimeType: 'image/jpeg', width: data.getUint16(at + 7), height: data.getUint16(at + 5) };
    }
    const alone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += 2 + (alone ? 0 : Math.max(data.getUint16(at + 2), 2));
  }
  return undefined;
}

/** WebP container (RFC 9649): lossy, lossless and extended files keep their size in different places. */
function webpHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (!startsWith(bytes, ascii('RIFF')) || !startsWith(bytes, ascii('WEBP'), 8) || bytes.length < 30) return undefined;
  const data = view(bytes);
  if (startsWith(bytes, ascii('VP8X'), 12)) {
    // Canvas width and height less one, 24 bits each, little-endian.
    const width = (data.getUint32(24, true) & 0xffffff) + 1;
    const height = (data.getUint32(26, true) >>> 8) + 1;
    return { mimeType: 'image/webp', width, height };
  }
  if (startsWith(bytes, ascii('VP8L'), 12)) {
    const bits = data.getUint32(21, true);
    return { mimeType: 'image/webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!startsWith(bytes, ascii('VP8 '), 12)) return undefined;
  return {
    mimeType: 'image/webp',
    width: data.getUint16(26, true) & 0x3fff,
    height: data.getUint16(28, true) & 0x3fff,
  };
}

/** AVIF (ISO/IEC 23008-12): the largest `ispe` property in the leading boxes; found by its name. */
function avifHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (!startsWith(bytes, ascii('ftypavi'), 4)) return undefined;
  const data = view(bytes);
  const end = Math.min(bytes.length - 16, 4096);
  let largest: ImageHeader | undefined;
  for (let at = 0; at < end; at++) {
    if (!startsWith(bytes, ascii('ispe'), at)) continue;
    const [width, height] = [data.getUint32(at + 8), data.getUint32(at + 12)];
    if (!largest || width * height > largest.width * largest.height) {
      largest = { mimeType: 'image/avif', width, height };
    }
  }
  return largest;
}

/** KTX 2.0 section 3: pixelWidth and pixelHeight follow the identifier, vkFormat and typeSize. */
function ktx2Header(bytes: Uint8Array): ImageHeader | undefined {
  if (!startsWith(bytes, [0xab, ...ascii('KTX 20'), 0xbb, 0x0d, 0x0a, 0x1a, 0x0a]) || bytes.length < 28)
    return undefined;
  return {
    mimeType: 'image/ktx2',
    width: view(bytes).getUint32(20, true),
    height: view(bytes).getUint32(24, true),
  };
}

/** Type and size of an image from its header alone, whatever its name says; undefined when it has none that we know. */
export function imageSize(bytes: Uint8Array): ImageHeader | undefined {
  const header = pngHeader(bytes) ?? jpegHeader(bytes) ?? webpHeader(bytes) ?? avifHeader(bytes) ?? ktx2Header(bytes);
  return header && header.width > 0 && header.height > 0 ? header : undefined;
}
