import { AtlasError } from '../../errors.ts';
import type { GltfJson } from './gltf-json.ts';
import type { SourceLimits } from './source-limits.ts';

const lists = [
  ...(['nodes', 'meshes', 'materials', 'textures', 'images', 'skins', 'animations'] as const),
  ...(['accessors', 'bufferViews'] as const),
] as const;

/**
 * Sees to it that the lists of a glTF are no longer than the limits, and that the accessors together decode to no more
 * than `archiveBytes`: several may share one stretch of data, so that a small file could ask for any amount of memory.
 * @throws count_over_limit
 */
export function checkCounts(json: GltfJson, limits: SourceLimits): void {
  const within = (name: keyof SourceLimits, count: number, pointer: string): void => {
    if (count <= limits[name]) return;
    throw new AtlasError('count_over_limit', `The file has ${count} ${name}; the limit is ${limits[name]}.`, {
      pointer,
    });
  };
  for (const name of lists) within(name, json[name]?.length ?? 0, `/${name}`);
  within('primitives', json.meshes?.reduce((sum, { primitives }) => sum + primitives.length, 0) ?? 0, '/meshes');
  let decodedBytes = 0;
  for (const [i, accessor] of (json.accessors ?? []).entries()) {
    if (accessor.count > limits.accessorElements) {
      throw new AtlasError(
        'count_over_limit',
        `Accessor ${i} has ${accessor.count} elements; the limit is ${limits.accessorElements}.`,
        { pointer: `/accessors/${i}/count` },
      );
    }
    decodedBytes += accessor.count * elementBytes(accessor);
    if (decodedBytes > limits.archiveBytes) {
      throw new AtlasError('count_over_limit', `The accessors decode to more than ${limits.archiveBytes} bytes.`, {
        pointer: `/accessors/${i}/count`,
      });
    }
  }
}

const components = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 } as const;
const componentBytes: Record<number, number> = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 };

type AccessorJson = NonNullable<GltfJson['accessors']>[number];

/** Bytes of one component of an accessor. */
export function componentSize(componentType: number): number {
  return componentBytes[componentType] ?? 4;
}

/** Bytes of one element of an accessor, packed tightly. */
export function elementBytes(accessor: Pick<AccessorJson, 'type' | 'componentType'>): number {
  return components[accessor.type] * componentSize(accessor.componentType);
}
