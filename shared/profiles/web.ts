import type { Profile } from '../schema/index.ts';
import { fidelityLimits, from, ours, publishingTargets, threeLoader } from './evidence.ts';

/** Web pages: three.js, Babylon.js and <model-viewer>. */
export const web: Profile = {
  id: 'web',
  version: '2026-11-25',
  title: 'Web',
  summary: 'GLB with meshopt geometry and WebP textures for three.js, Babylon.js and <model-viewer>, with two LODs.',
  limits: {
    triangles: { max: 250_000, severity: 'hard', ...from(publishingTargets, 'desktop web') },
    textureSizePx: { max: 2048, severity: 'hard', ...from(publishingTargets, 'desktop web: 2K') },
    drawCalls: { max: 99, severity: 'advice', ...from(publishingTargets, 'desktop web: fewer than 100') },
    sizeBytes: { max: 3_000_000, severity: 'advice', ...from(publishingTargets, 'desktop web: 3 MB') },
    textureMemoryBytes: {
      max: 128 * 1024 * 1024,
      severity: 'advice',
      ...ours('Six 2048² textures with mips: two materials with colour, normals and roughness.'),
    },
  },
  extensions: {
    allowed: [
      'EXT_mesh_gpu_instancing',
      'EXT_meshopt_compression',
      'EXT_texture_webp',
      'KHR_draco_mesh_compression',
      'KHR_lights_punctual',
      'KHR_materials_clearcoat',
      'KHR_materials_dispersion',
      'KHR_materials_ior',
      'KHR_materials_iridescence',
      'KHR_materials_specular',
      'KHR_materials_transmission',
      'KHR_materials_unlit',
      'KHR_materials_volume',
      'KHR_mesh_quantization',
      'KHR_texture_basisu',
      'KHR_texture_transform',
    ],
    ...from(threeLoader),
  },
  imageTypes: {
    allowed: ['image/jpeg', 'image/png', 'image/webp', 'image/ktx2'],
    ...from(threeLoader, 'KTX2 with a loader set up by the page.'),
  },
  checks: {
    non_manifold_edges: {
      severity: 'info',
      ...ours('Drawn like any other edge; a page neither prints nor subdivides.'),
    },
    non_manifold_points: { severity: 'off', ...ours('Nothing that draws minds them.') },
    uv_mirrored: { severity: 'off', ...ours('No light map is baked, and tangents carry their side.') },
  },
  fidelity: fidelityLimits,
  defaults: {
    refine: { weld: true, textureSizePx: 2048 },
    convert: {
      triangles: 100_000,
      lods: [0.5, 0.25],
      geometryCompression: 'meshopt',
      textureFormat: 'webp',
      textureQuality: 82,
    },
    ...ours(
      '100,000 triangles are two fifths of the limit and still show every detail that a 2K texture holds; meshopt decodes several times faster than Draco.',
    ),
  },
};
