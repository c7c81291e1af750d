import { AtlasError } from '../../errors.ts';
import { componentSize, elementBytes } from './check-counts.ts';
import type { GltfJson } from './gltf-json.ts';
import { meshoptNames, meshoptOf } from './meshopt-extension.ts';
import type { SourceLimits } from './source-limits.ts';

type View = NonNullable<GltfJson['bufferViews']>[number];
type AccessorJson = NonNullable<GltfJson['accessors']>[number];

const outOfBounds = (message: string, pointer: string): AtlasError =>
  new AtlasError('accessor_out_of_bounds', message, { pointer });

/** The fields of the meshopt extension on a buffer view (KHR_meshopt_compression, "JSON schema updates"). */
interface MeshoptView {
  readonly buffer: number;
  readonly byteOffset?: number;
  readonly byteLength: number;
  readonly byteStride: number;
  readonly count: number;
  readonly mode: string;
  readonly filter?: string;
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

/** Strides of which each filter makes sense; the decoder trusts them. */
const filterStrides: Record<string, (stride: number) => boolean> = {
  NONE: () => true,
  OCTAHEDRAL: (stride) => stride === 4 || stride === 8,
  QUATERNION: (stride) => stride === 8,
  EXPONENTIAL: (stride) => stride % 4 === 0,
  COLOR: (stride) => stride === 4 || stride === 8,
};

function isMeshoptView(value: object): value is MeshoptView {
  const { byteOffset = 0, byteLength, byteStride, count, mode, filter = 'NONE' } = value as Partial<MeshoptView>;
  const stride = byteStride ?? 0;
  if (![byteOffset, byteLength, byteStride, count].every(isCount)) return false;
  if (!Object.hasOwn(filterStrides, filter) || !filterStrides[filter]?.(stride)) return false;
  if (mode === 'ATTRIBUTES') return stride % 4 === 0 && stride >= 4 && stride <= 256;
  return (mode === 'TRIANGLES' || mode === 'INDICES') && (stride === 2 || stride === 4);
}

/** @returns bytes that the view decodes to */
function checkMeshopt(json: GltfJson, view: View, viewPointer: string): number {
  const meshopt = meshoptOf(view);
  if (!meshopt) return 0;
  const { name, value: extension } = meshopt;
  const pointer = `${viewPointer}/extensions/${name}`;
  if (typeof extension !== 'object' || extension === null || !isMeshoptView(extension)) {
    throw new AtlasError('file_malformed', `${name} has fields that do not fit.`, { pointer });
  }
  const length = json.buffers?.[extension.buffer]?.byteLength ?? 0;
  if ((extension.byteOffset ?? 0) + extension.byteLength > length) {
    throw outOfBounds('Compressed data reach outside their buffer.', `${pointer}/byteLength`);
  }
  const decoded = extension.count * extension.byteStride;
  if (decoded < view.byteLength) {
    throw outOfBounds(`Compressed data yield ${decoded} bytes, the view says ${view.byteLength}.`, `${pointer}/count`);
  }
  return decoded;
}

function checkViews(json: GltfJson, limits: SourceLimits): void {
  const compressed = meshoptNames.some((name) => json.extensionsUsed?.includes(name));
  let decoded = 0;
  for (const [i, view] of (json.bufferViews ?? []).entries()) {
    const length = json.buffers?.[view.buffer]?.byteLength ?? 0;
    const end = (view.byteOffset ?? 0) + view.byteLength;
    if (end > length) {
      throw outOfBounds(
        `Buffer view ${i} ends at byte ${end} of a buffer of ${length}.`,
        `/bufferViews/${i}/byteLength`,
      );
    }
    if (compressed) decoded += checkMeshopt(json, view, `/bufferViews/${i}`);
    if (decoded > limits.archiveBytes) {
      throw new AtlasError('count_over_limit', `Compressed data yield over ${limits.archiveBytes} bytes.`, {
        pointer: `/bufferViews/${i}/extensions/${meshoptOf(view)?.name}/count`,
      });
    }
  }
}

/** Sees to it that `count` elements lie inside their view, each on a multiple of its component’s size. */
function checkRange(
  json: GltfJson,
  range: { bufferView: number; byteOffset?: number | undefined; count: number; size: number; component: number },
  pointer: string,
): void {
  const view = json.bufferViews?.[range.bufferView] as View;
  const stride = view.byteStride ?? range.size;
  const offset = range.byteOffset ?? 0;
  if (stride < range.size) {
    throw new AtlasError('file_malformed', `Elements of ${range.size} bytes are ${stride} bytes apart.`, {
      pointer: `/bufferViews/${range.bufferView}/byteStride`,
    });
  }
  const end = offset + stride * (range.count - 1) + range.size;
  if (end > view.byteLength) {
    throw outOfBounds(
      `${range.count} elements end at byte ${end} of a view of ${view.byteLength}.`,
      `${pointer}/count`,
    );
  }
  if (offset % range.component !== 0) {
    throw new AtlasError('file_malformed', `Byte offset ${offset} is not a multiple of ${range.component}.`, {
      pointer: `${pointer}/byteOffset`,
    });
  }
}

function checkAccessor(json: GltfJson, accessor: AccessorJson, pointer: string): void {
  const size = elementBytes(accessor);
  const component = componentSize(accessor.componentType);
  const { bufferView, byteOffset, count, sparse } = accessor;
  if (bufferView !== undefined) checkRange(json, { bufferView, byteOffset, count, size, component }, pointer);
  if (!sparse) return;
  if (sparse.count > count) {
    throw outOfBounds(`${sparse.count} sparse elements of ${count}.`, `${pointer}/sparse/count`);
  }
  const indexSize = componentSize(sparse.indices.componentType);
  const indices = { ...sparse.indices, count: sparse.count, size: indexSize, component: indexSize };
  checkRange(json, indices, `${pointer}/sparse`);
  checkRange(json, { ...sparse.values, count: sparse.count, size, component }, `${pointer}/sparse`);
}

/**
 * Sees to it that every accessor lies inside its buffer view and every view inside its buffer, sparse and compressed
 * ones too (glTF 2.0 section 3.6). Indices must have been checked before.
 * @throws accessor_out_of_bounds, count_over_limit, file_malformed
 */
export function checkBuffers(json: GltfJson, limits: SourceLimits): void {
  checkViews(json, limits);
  for (const [i, accessor] of (json.accessors ?? []).entries()) checkAccessor(json, accessor, `/accessors/${i}`);
}
