import { AtlasError } from '../../errors.ts';
import { limits as defaultLimits } from '../../schema/index.ts';
import { isSplatFile } from '../format/sniff-format.ts';
import { readSplatPly } from './read-splat-ply.ts';
import { readSpz, unpackSpz } from './read-spz.ts';
import type { SplatCloud } from './splat-cloud.ts';

export interface SplatFile {
  readonly format: 'ply' | 'spz';
  readonly cloud: SplatCloud;
}

/** Packed, a splat has 19 bytes at least; nobody shows more of them than this. */
const mostSplats = 20_000_000;

/** How much of a PLY may be its header. */
const headBytes = 64 * 1024;

/** The packed PLY of SuperSplat: properties that hold several values each. */
const isPackedPly = (bytes: Uint8Array): boolean =>
  /^property +\S+ +packed_position\b/m.test(Buffer.from(bytes.subarray(0, headBytes)).toString('latin1'));

/**
 * Reads Gaussian splats from a PLY or an SPZ; undefined when the bytes are something else.
 * @throws file_malformed, file_truncated, file_too_large, count_over_limit, format_unsupported
 */
export function readSplatFile(bytes: Uint8Array): SplatFile | undefined {
  if (isSplatFile(bytes)) {
    if (isPackedPly(bytes)) {
      throw new AtlasError('format_unsupported', 'The splats are in a packed PLY; write a plain PLY or an SPZ.');
    }
    return { format: 'ply', cloud: readSplatPly(bytes) };
  }
  const packed = unpackSpz(bytes, defaultLimits.uploadBytes * 4);
  if (!packed) return undefined;
  const count = new DataView(packed.buffer, packed.byteOffset).getUint32(8, true);
  if (count > mostSplats) {
    throw new AtlasError('count_over_limit', `The file has ${count} splats; the limit is ${mostSplats}.`);
  }
  return { format: 'spz', cloud: readSpz(packed) };
}
