import { Gunzip } from 'fflate';
import { AtlasError } from '../../errors.ts';
import { unpackZstd } from '../format/zstd/unpack-zstd.ts';
import { harmonicsOf, type SplatCloud } from './splat-cloud.ts';
import { exponential } from './stable-math.ts';

/** “NGSP” as a little-endian number. */
const magic = 0x5053474e;
const headerBytes = 16;
const gzipMagic = [0x1f, 0x8b];
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];

const startsWith = (bytes: Uint8Array, signature: readonly number[]): boolean =>
  signature.every((byte, i) => bytes[i] === byte);

const isSpz = (bytes: Uint8Array): boolean =>
  bytes.length >= headerBytes && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === magic;

function unpackGzip(bytes: Uint8Array, mostBytes: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream = new Gunzip((chunk) => {
    size += chunk.length;
    if (size > mostBytes) {
      throw new AtlasError('file_too_large', `Unpacked, the file has more than ${mostBytes} bytes.`);
    }
    chunks.push(chunk);
  });
  const stepBytes = 64 * 1024;
  try {
    for (let at = 0; at < bytes.length; at += stepBytes) {
      stream.push(bytes.subarray(at, at + stepBytes), at + stepBytes >= bytes.length);
    }
  } catch (cause) {
    if (cause instanceof AtlasError) throw cause;
    throw new AtlasError('file_malformed', 'The gzip data are damaged.', { cause });
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * The packed splats of an SPZ file: as they are, in gzip as the format says, or in Zstandard as the 404 network stores
 * them. Undefined for other files.
 * @throws file_malformed, file_truncated, file_too_large
 */
export function unpackSpz(bytes: Uint8Array, mostBytes: number): Uint8Array | undefined {
  if (isSpz(bytes)) return bytes;
  const unpack = startsWith(bytes, zstdMagic) ? unpackZstd : startsWith(bytes, gzipMagic) ? unpackGzip : undefined;
  const whole = unpack?.(bytes, mostBytes);
  return whole && isSpz(whole) ? whole : undefined;
}

/** Largest of the four parts of a unit quaternion that is not the largest. */
const mostOfRest = Math.SQRT1_2;

/** Writes quaternion i as x, y, z, w: the first three in a byte each, or all but the largest in ten bits each. */
function readRotation(view: DataView, at: number, version: number, out: Float32Array, i: number): void {
  let squares = 0;
  let missing = 3;
  if (version === 2) {
    for (let k = 0; k < 3; k++) {
      out[i * 4 + k] = view.getUint8(at + k) / 127.5 - 1;
      squares += out[i * 4 + k]! ** 2;
    }
  } else {
    let word = view.getUint32(at, true);
    missing = word >>> 30;
    for (let k = 3; k >= 0; k--) {
      if (k === missing) continue;
      const size = (mostOfRest * (word & 511)) / 511;
      out[i * 4 + k] = (word & 512) !== 0 ? -size : size;
      squares += size * size;
      word >>>= 10;
    }
  }
  out[i * 4 + missing] = Math.sqrt(Math.max(0, 1 - squares));
}

interface Header {
  readonly version: 2 | 3;
  readonly count: number;
  readonly degree: 0 | 1 | 2 | 3;
  /** Of a coordinate, which has 24 bits. */
  readonly fractionBits: number;
}

function readHeader(view: DataView): Header {
  const version = view.getUint32(4, true);
  if (version !== 2 && version !== 3) {
    throw new AtlasError('format_unsupported', `SPZ of version ${version} is not read; write version 2 or 3.`);
  }
  const degree = view.getUint8(12);
  if (degree > 3) throw new AtlasError('file_malformed', `The SPZ has harmonics of degree ${degree}.`);
  const fractionBits = view.getUint8(13);
  if (fractionBits > 24) throw new AtlasError('file_malformed', `Coordinates have ${fractionBits} fraction bits.`);
  return { version, count: view.getUint32(8, true), degree: degree as Header['degree'], fractionBits };
}

/**
 * Reads unpacked SPZ data of version 2 or 3 (Niantic, github.com/nianticlabs/spz: positions in 24 bits, then opacities,
 * colours, logarithms of scales, rotations and harmonics in bytes, each for all splats).
 * @throws file_malformed, file_truncated, format_unsupported
 */
export function readSpz(bytes: Uint8Array): SplatCloud {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { version, count, degree, fractionBits } = readHeader(view);
  const rest = (harmonicsOf(degree) - 1) * 3;
  const rotationBytes = version === 2 ? 3 : 4;
  const needed = headerBytes + count * (9 + 1 + 3 + 3 + rotationBytes + rest);
  if (needed > bytes.length) {
    throw new AtlasError('file_truncated', `The SPZ promises ${count} splats, which need ${needed} bytes.`);
  }
  const positions = new Float32Array(count * 3);
  const scales = new Float32Array(count * 3);
  const rotations = new Float32Array(count * 4);
  const opacities = new Float32Array(count);
  const harmonics = new Float32Array(count * (rest + 3));
  const opacitiesAt = headerBytes + count * 9;
  const coloursAt = opacitiesAt + count;
  const scalesAt = coloursAt + count * 3;
  const rotationsAt = scalesAt + count * 3;
  const harmonicsAt = rotationsAt + count * rotationBytes;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      const at = headerBytes + (i * 3 + k) * 3;
      positions[i * 3 + k] = (view.getUint16(at, true) + view.getInt8(at + 2) * 65_536) / 2 ** fractionBits;
      scales[i * 3 + k] = exponential(bytes[scalesAt + i * 3 + k]! / 16 - 10);
      harmonics[i * (rest + 3) + k] = (bytes[coloursAt + i * 3 + k]! / 255 - 0.5) / 0.15;
    }
    for (let k = 0; k < rest; k++) {
      harmonics[i * (rest + 3) + 3 + k] = (bytes[harmonicsAt + i * rest + k]! - 128) / 128;
    }
    opacities[i] = bytes[opacitiesAt + i]! / 255;
    readRotation(view, rotationsAt + i * rotationBytes, version, rotations, i);
  }
  return { count, positions, scales, rotations, opacities, degree, harmonics };
}
