import { AtlasError } from '../../errors.ts';
import type { GltfJson } from './gltf-json.ts';
import { jsonPointer } from './json-pointer.ts';

type Collection =
  | 'accessors'
  | 'bufferViews'
  | 'buffers'
  | 'cameras'
  | 'images'
  | 'materials'
  | 'meshes'
  | 'nodes'
  | 'samplers'
  | 'scenes'
  | 'skins'
  | 'textures';

/** Every place where glTF 2.0, or an extension that we read, refers to another object by its index; `*` is any key, `*Texture` any that ends so. */
const references: readonly (readonly [place: string, target: Collection])[] = [
  ['accessors/*/bufferView', 'bufferViews'],
  ['accessors/*/sparse/indices/bufferView', 'bufferViews'],
  ['accessors/*/sparse/values/bufferView', 'bufferViews'],
  ['bufferViews/*/buffer', 'buffers'],
  ['bufferViews/*/extensions/EXT_meshopt_compression/buffer', 'buffers'],
  ['bufferViews/*/extensions/KHR_meshopt_compression/buffer', 'buffers'],
  ['images/*/bufferView', 'bufferViews'],
  ['textures/*/source', 'images'],
  ['textures/*/extensions/*/source', 'images'],
  ['textures/*/sampler', 'samplers'],
  ['materials/*/pbrMetallicRoughness/*Texture/index', 'textures'],
  ['materials/*/*Texture/index', 'textures'],
  ['materials/*/extensions/*/*Texture/index', 'textures'],
  ['meshes/*/primitives/*/attributes/*', 'accessors'],
  ['meshes/*/primitives/*/indices', 'accessors'],
  ['meshes/*/primitives/*/material', 'materials'],
  ['meshes/*/primitives/*/targets/*/*', 'accessors'],
  ['meshes/*/primitives/*/extensions/KHR_draco_mesh_compression/bufferView', 'bufferViews'],
  ['meshes/*/primitives/*/extensions/KHR_materials_variants/mappings/*/material', 'materials'],
  ['nodes/*/children/*', 'nodes'],
  ['nodes/*/mesh', 'meshes'],
  ['nodes/*/skin', 'skins'],
  ['nodes/*/camera', 'cameras'],
  ['nodes/*/extensions/EXT_mesh_gpu_instancing/attributes/*', 'accessors'],
  ['scenes/*/nodes/*', 'nodes'],
  ['scene', 'scenes'],
  ['skins/*/inverseBindMatrices', 'accessors'],
  ['skins/*/skeleton', 'nodes'],
  ['skins/*/joints/*', 'nodes'],
  ['animations/*/samplers/*/input', 'accessors'],
  ['animations/*/samplers/*/output', 'accessors'],
  ['animations/*/channels/*/target/node', 'nodes'],
];

/** Walks the places that a pattern names. Recursion goes no deeper than the pattern is long. */
function* places(
  value: unknown,
  parts: readonly string[],
  path: readonly string[],
): Generator<readonly [path: readonly string[], found: unknown]> {
  const [key, ...rest] = parts;
  if (key === undefined) {
    if (value !== undefined) yield [path, value];
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const keys = Object.keys(value).filter((name) => (key.startsWith('*') ? name.endsWith(key.slice(1)) : name === key));
  for (const name of keys) yield* places((value as Record<string, unknown>)[name], rest, [...path, name]);
}

function checkSamplers(json: GltfJson): void {
  for (const [a, animation] of (json.animations ?? []).entries()) {
    for (const [c, channel] of animation.channels.entries()) {
      if (channel.sampler < animation.samplers.length) continue;
      throw new AtlasError('file_malformed', `There is no sampler ${channel.sampler} in animation ${a}.`, {
        pointer: jsonPointer('animations', a, 'channels', c, 'sampler'),
      });
    }
  }
}

function checkTextureSources(json: GltfJson): void {
  for (const [t, texture] of (json.textures ?? []).entries()) {
    const sources = Object.values(texture.extensions ?? {}).filter(
      (extension) => typeof extension === 'object' && extension !== null && 'source' in extension,
    );
    if (texture.source !== undefined || sources.length > 0) continue;
    throw new AtlasError('file_malformed', `Texture ${t} has no image.`, { pointer: `/textures/${t}/source` });
  }
}

/**
 * Sees to it that every index in a glTF points at something.
 * @throws file_malformed
 */
export function checkReferences(json: GltfJson): void {
  for (const [pattern, target] of references) {
    const count = json[target]?.length ?? 0;
    for (const [path, found] of places(json, pattern.split('/'), [])) {
      if (Number.isInteger(found) && (found as number) >= 0 && (found as number) < count) continue;
      throw new AtlasError('file_malformed', `There is no ${JSON.stringify(found)} in ${target}, which has ${count}.`, {
        pointer: jsonPointer(...path),
      });
    }
  }
  checkSamplers(json);
  checkTextureSources(json);
}
