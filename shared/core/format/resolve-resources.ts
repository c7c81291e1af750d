import { GLB_BUFFER } from '@gltf-transform/core';
import { AtlasError } from '../../errors.ts';
import { readDataUri } from './data-uri.ts';
import type { GltfJson } from './gltf-json.ts';
import { meshoptOf } from './meshopt-extension.ts';
import type { SourceLimits } from './source-limits.ts';

/** Where the bytes of a glTF may come from: its GLB chunk, and the files of the archive that it lies in. */
export interface GltfSurroundings {
  readonly bin?: Uint8Array | undefined;
  /** Finds a file of the archive by a relative URI; absent where there is no archive. */
  readonly findFile?: ((uri: string) => Uint8Array | undefined) | undefined;
}

/** The bytes behind each `uri`, in the form that the glTF library takes. */
export type Resources = Record<string, Uint8Array<ArrayBuffer>>;

interface Found {
  readonly bytes: Uint8Array;
  readonly mimeType?: string;
}

function resolve(uri: string, pointer: string, { findFile }: GltfSurroundings): Found {
  if (/^data:/i.test(uri)) return readDataUri(uri, pointer);
  const shown = uri.length > 80 ? `${uri.slice(0, 80)}…` : uri;
  const outside = /^([a-z][a-z0-9+.-]*:|[\\/])/i.test(uri);
  if (outside || !findFile) {
    throw new AtlasError('external_uri', `The file refers to ${shown}, outside itself.`, { pointer });
  }
  const bytes = findFile(uri);
  if (!bytes) throw new AtlasError('external_uri', `The archive does not hold ${shown}.`, { pointer });
  return { bytes };
}

/** True for a buffer that stands for data which meshopt compression yields: it has a length and no bytes. */
function isFallback(buffer: NonNullable<GltfJson['buffers']>[number]): boolean {
  const extension = meshoptOf(buffer)?.value;
  return typeof extension === 'object' && extension !== null && 'fallback' in extension && extension.fallback === true;
}

function resolveBuffers(json: GltfJson, surroundings: GltfSurroundings, resources: Resources): void {
  for (const [i, buffer] of (json.buffers ?? []).entries()) {
    if (buffer.uri === undefined && isFallback(buffer)) continue;
    const fromChunk = buffer.uri === undefined && i === 0;
    const bytes = fromChunk
      ? surroundings.bin
      : buffer.uri && resolve(buffer.uri, `/buffers/${i}/uri`, surroundings).bytes;
    if (!bytes) throw new AtlasError('file_malformed', `Buffer ${i} has no data.`, { pointer: `/buffers/${i}` });
    if (bytes.byteLength < buffer.byteLength) {
      throw new AtlasError(
        'file_truncated',
        `Buffer ${i} says ${buffer.byteLength} bytes, there are ${bytes.byteLength}.`,
        { pointer: `/buffers/${i}/byteLength` },
      );
    }
    // A name that starts so is one that the library does not keep.
    if (!fromChunk) buffer.uri = `__buffer${i}.bin`;
    resources[buffer.uri ?? GLB_BUFFER] = bytes as Uint8Array<ArrayBuffer>;
  }
}

function resolveImages(json: GltfJson, surroundings: GltfSurroundings, resources: Resources): void {
  for (const [i, image] of (json.images ?? []).entries()) {
    if (image.bufferView !== undefined) {
      delete image.uri;
      continue;
    }
    if (image.uri === undefined) {
      throw new AtlasError('file_malformed', `Image ${i} has no data.`, { pointer: `/images/${i}` });
    }
    const { bytes, mimeType } = resolve(image.uri, `/images/${i}/uri`, surroundings);
    if (!/^data:/i.test(image.uri)) image.name ??= image.uri.replace(/^.*\//, '').replace(/\.\w+$/, '');
    if (mimeType) image.mimeType ??= mimeType;
    image.uri = `__image${i}`;
    resources[image.uri] = bytes as Uint8Array<ArrayBuffer>;
  }
}

/**
 * Fetches the bytes of every buffer and image: from the GLB chunk, from `data:` URIs, from the archive; from nowhere
 * else. Mutates `json`: each `uri` becomes the key of its bytes.
 * @throws external_uri, file_truncated, file_malformed, file_too_large
 */
export function resolveResources(json: GltfJson, surroundings: GltfSurroundings, limits: SourceLimits): Resources {
  const resources: Resources = {};
  resolveBuffers(json, surroundings, resources);
  resolveImages(json, surroundings, resources);
  const total = Object.values(resources).reduce((sum, bytes) => sum + bytes.byteLength, 0);
  if (total > limits.archiveBytes) {
    throw new AtlasError(
      'file_too_large',
      `Buffers and images hold ${total} bytes; the limit is ${limits.archiveBytes}.`,
      {
        pointer: '/buffers',
      },
    );
  }
  return resources;
}
