import type { Profile } from '../schema/index.ts';
import { fidelityLimits, from, gltfast, ours } from './evidence.ts';

/** Phones with Unity and glTFast 6. */
export const unityMobile: Profile = {
  id: 'unity-mobile',
  version: '2026-11-25',
  title: 'Unity on mobile',
  summary: 'Plain GLB with two LODs for glTFast 6 in Unity 2022.3 and later, light enough for phones.',
  limits: {
    triangles: {
      max: 50_000,
      severity: 'hard',
      ...ours('A prop; a phone draws a few hundred thousand triangles a frame in all.'),
    },
    textureSizePx: {
      max: 2048,
      severity: 'hard',
      ...ours('One 2048² texture with mips is 21 MiB uncompressed.'),
    },
    textureMemoryBytes: { max: 64 * 1024 * 1024, severity: 'advice', ...ours('Three 2048² textures with mips.') },
    materials: { max: 4, severity: 'advice', ...ours('Each material is at least one draw call.') },
    drawCalls: { max: 20, severity: 'advice', ...ours('One prop among many.') },
  },
  extensions: {
    allowed: [
      'EXT_mesh_gpu_instancing',
      'EXT_meshopt_compression',
      'KHR_draco_mesh_compression',
      'KHR_lights_punctual',
      'KHR_materials_clearcoat',
      'KHR_materials_pbrSpecularGlossiness',
      'KHR_materials_transmission',
      'KHR_materials_unlit',
      'KHR_materials_variants',
      'KHR_mesh_quantization',
      'KHR_texture_basisu',
      'KHR_texture_transform',
    ],
    ...from(gltfast, 'Draco, meshopt and KTX2 need further packages. WebP is read from 7.0 on.'),
  },
  imageTypes: {
    allowed: ['image/jpeg', 'image/png', 'image/ktx2'],
    ...from(gltfast, 'KTX2 needs a further package.'),
  },
  checks: {
    uv_out_of_range: { severity: 'warning', ...ours('Atlases of many props are packed from 0–1.') },
  },
  fidelity: fidelityLimits,
  defaults: {
    refine: { weld: true, textureSizePx: 1024 },
    convert: {
      triangles: 25_000,
      lods: [0.5, 0.25],
      geometryCompression: 'none',
      textureFormat: 'keep',
      textureQuality: 90,
    },
    ...ours(
      'Plain floats need no further package and keep scale and pivot of the mesh, which quantised positions move into the node.',
    ),
  },
};
