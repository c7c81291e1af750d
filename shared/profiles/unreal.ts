import type { Profile } from '../schema/index.ts';
import { fidelityLimits, from, interchange, ours } from './evidence.ts';

/** Unreal Engine 5 through Interchange. */
export const unreal: Profile = {
  id: 'unreal',
  version: '2026-11-25',
  title: 'Unreal Engine',
  summary: 'GLB with Draco geometry and three LODs for the Interchange importer of Unreal Engine 5.',
  limits: {
    triangles: {
      max: 500_000,
      severity: 'hard',
      ...ours('One asset; more is a job for Nanite and a source of its own.'),
    },
    textureSizePx: {
      max: 4096,
      severity: 'hard',
      ...ours('85 MiB uncompressed with mips: the most for one texture of one asset.'),
    },
    materials: { max: 8, severity: 'advice', ...ours('Each is a section of the mesh and a draw call in every pass.') },
    drawCalls: { max: 50, severity: 'advice', ...ours('Sections of one asset.') },
  },
  extensions: {
    allowed: [
      'KHR_draco_mesh_compression',
      'KHR_lights_punctual',
      'KHR_materials_anisotropy',
      'KHR_materials_clearcoat',
      'KHR_materials_emissive_strength',
      'KHR_materials_ior',
      'KHR_materials_iridescence',
      'KHR_materials_sheen',
      'KHR_materials_specular',
      'KHR_materials_transmission',
      'KHR_materials_unlit',
      'KHR_materials_variants',
      'KHR_mesh_quantization',
      'KHR_texture_transform',
    ],
    ...from(interchange, 'no meshopt, KTX2 or WebP'),
  },
  imageTypes: { allowed: ['image/jpeg', 'image/png'], ...from(interchange) },
  checks: {
    uv_none: { severity: 'warning', ...ours('A light map is unwrapped from the first UV set.') },
    scale_too_small: {
      severity: 'warning',
      limit: 0.05,
      ...ours('A unit is a centimetre: collision of less than five is unreliable.'),
    },
  },
  fidelity: fidelityLimits,
  defaults: {
    refine: { weld: true, textureSizePx: 4096 },
    convert: {
      triangles: 100_000,
      lods: [0.5, 0.25, 0.125],
      geometryCompression: 'draco',
      textureFormat: 'keep',
      textureQuality: 92,
    },
    ...ours(
      'A hero prop without Nanite. Draco keeps scale and pivot of the mesh, which quantised positions move into the node.',
    ),
  },
};
