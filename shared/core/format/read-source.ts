import type { Document } from '@gltf-transform/core';
import { AtlasError } from '../../errors.ts';
import { type Change, limits as defaultLimits } from '../../schema/index.ts';
import { openZip } from './open-zip.ts';
import { type GltfSource, type OmittedFactors, readGltf } from './read-gltf.ts';
import { readObj } from './read-obj.ts';
import { readPly } from './read-ply.ts';
import type { GltfSurroundings } from './resolve-resources.ts';
import { type SourceFormat, sniffFormat } from './sniff-format.ts';
import type { SourceLimits } from './source-limits.ts';
import { splitGlb } from './split-glb.ts';

export interface Source {
  readonly document: Document;
  readonly format: SourceFormat;
  readonly changes: Change[];
  readonly omitted: OmittedFactors;
}

const nothingOmitted: OmittedFactors = { metallic: new Set(), roughness: new Set() };

async function readModel(
  bytes: Uint8Array,
  format: SourceFormat,
  surroundings: GltfSurroundings,
  limits: SourceLimits,
): Promise<GltfSource> {
  switch (format) {
    case 'glb': {
      const { json, bin, changes } = splitGlb(bytes);
      const source = await readGltf(json, { ...surroundings, bin }, limits);
      return { ...source, changes: [...changes, ...source.changes] };
    }
    case 'gltf':
      return readGltf(bytes, surroundings, limits);
    case 'obj':
      return { ...readObj(bytes, { findFile: surroundings.findFile, limits }), omitted: nothingOmitted };
    case 'ply':
      return { ...readPly(bytes, { findFile: surroundings.findFile, limits }), omitted: nothingOmitted };
    case 'zip':
      throw new AtlasError('format_unknown', 'The model in the archive is an archive again.');
  }
}

/**
 * Reads a raw 3D file of any kind that we take: GLB, glTF, OBJ, PLY, or a ZIP that holds one of these. The bytes are
 * trusted in nothing: every length, count and index is checked before it is used. `fileName` only helps to name what
 * is refused.
 * @throws AtlasError
 */
export async function readSource(
  file: Uint8Array,
  options: { filename?: string | undefined; limits?: SourceLimits } = {},
): Promise<Source> {
  const limits = options.limits ?? defaultLimits;
  // A Node Buffer is a Uint8Array whose `slice` does not copy: everything behind this line sees the plain kind.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.byteLength > limits.uploadBytes) {
    throw new AtlasError(
      'file_too_large',
      `The file has ${bytes.byteLength} bytes; the limit is ${limits.uploadBytes}.`,
    );
  }
  const format = sniffFormat(bytes, options.filename);
  if (format !== 'zip') return { ...(await readModel(bytes, format, {}, limits)), format };
  const model = openZip(bytes, limits);
  const inner = sniffFormat(model.bytes, model.name);
  return { ...(await readModel(model.bytes, inner, { findFile: model.findFile }, limits)), format: inner };
}
