import type { GltfJson } from './gltf-json.ts';

/** Both names of one compression: the vendor extension, and the Khronos one that took it over with more codecs. */
export const meshoptNames = ['EXT_meshopt_compression', 'KHR_meshopt_compression'] as const;
type MeshoptName = (typeof meshoptNames)[number];

interface Extensible {
  extensions?: Record<string, unknown> | undefined;
}

/** The meshopt extension of a buffer or a buffer view, under either name. */
export function meshoptOf({ extensions }: Extensible): { name: MeshoptName; value: unknown } | undefined {
  const name = meshoptNames.find((known) => extensions && Object.hasOwn(extensions, known));
  return name && { name, value: extensions?.[name] };
}

/**
 * Renames KHR_meshopt_compression to EXT_meshopt_compression, the name under which the library decodes it: fields and
 * modes are the same, and the decoder knows the newer codecs. Mutates `json`.
 */
export function adoptMeshopt(json: GltfJson): void {
  const [adopted, foreign] = meshoptNames;
  const renamed = (names: readonly string[]): string[] => [
    ...new Set(names.map((name) => (name === foreign ? adopted : name))),
  ];
  if (json.extensionsUsed) json.extensionsUsed = renamed(json.extensionsUsed);
  if (json.extensionsRequired) json.extensionsRequired = renamed(json.extensionsRequired);
  for (const { extensions } of [...(json.bufferViews ?? []), ...(json.buffers ?? [])]) {
    if (!extensions || !Object.hasOwn(extensions, foreign)) continue;
    extensions[adopted] ??= extensions[foreign];
    delete extensions[foreign];
  }
}
