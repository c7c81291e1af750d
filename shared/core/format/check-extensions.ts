import { AtlasError } from '../../errors.ts';
import type { Change } from '../../schema/index.ts';
import type { GltfJson } from './gltf-json.ts';

/**
 * Extensions that are read and kept or decoded. Left out on purpose though the library knows them: half and double
 * floats (Node 20 has no Float16Array), primitive restart, and the metadata of geospatial tiles.
 */
const readable = new Set([
  'EXT_mesh_gpu_instancing',
  'EXT_meshopt_compression',
  'EXT_texture_avif',
  'EXT_texture_webp',
  'KHR_draco_mesh_compression',
  'KHR_lights_punctual',
  'KHR_materials_anisotropy',
  'KHR_materials_clearcoat',
  'KHR_materials_diffuse_transmission',
  'KHR_materials_dispersion',
  'KHR_materials_emissive_strength',
  'KHR_materials_ior',
  'KHR_materials_iridescence',
  'KHR_materials_pbrSpecularGlossiness',
  'KHR_materials_sheen',
  'KHR_materials_specular',
  'KHR_materials_transmission',
  'KHR_materials_unlit',
  'KHR_materials_variants',
  'KHR_materials_volume',
  'KHR_mesh_quantization',
  'KHR_meshopt_compression',
  'KHR_node_visibility',
  'KHR_texture_basisu',
  'KHR_texture_transform',
  'KHR_xmp_json_ld',
]);

/**
 * Refuses what the file requires and we cannot read; takes what it only uses out of `json.extensionsUsed`, so that no
 * code behind this point meets it. Mutates `json`.
 * @throws extension_unsupported
 */
export function checkExtensions(json: GltfJson): Change[] {
  const required = json.extensionsRequired ?? [];
  const missing = required.findIndex((name) => !readable.has(name));
  if (missing >= 0) {
    throw new AtlasError('extension_unsupported', `The file requires ${required[missing]}, which is not read.`, {
      pointer: `/extensionsRequired/${missing}`,
    });
  }
  const used = [...new Set([...(json.extensionsUsed ?? []), ...required])];
  json.extensionsUsed = used.filter((name) => readable.has(name));
  return used.flatMap((name, i) =>
    readable.has(name)
      ? []
      : [
          {
            code: 'extension_dropped',
            message: `Left out the optional extension ${name}.`,
            pointer: `/extensionsUsed/${i}`,
          },
        ],
  );
}
