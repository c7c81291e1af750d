import type { Profile } from '../schema/index.ts';
import { fidelityLimits, from, ours, publishingTargets, quickLook, sceneViewer } from './evidence.ts';

/** AR on phones: Android Scene Viewer as it stands, iOS Quick Look after conversion to USDZ. */
export const mobileAr: Profile = {
  id: 'mobile-ar',
  version: '2026-11-25',
  title: 'Mobile AR',
  summary: 'One plain GLB with JPEG and PNG textures for Scene Viewer, and for conversion to USDZ for Quick Look.',
  limits: {
    triangles: { max: 100_000, severity: 'hard', ...from(quickLook, 'AR Quick Look: 100k polygons') },
    vertices: { max: 30_000, severity: 'advice', ...from(sceneViewer, 'a recommendation of 2019') },
    materials: { max: 10, severity: 'hard', ...from(sceneViewer) },
    textureSizePx: { max: 2048, severity: 'hard', ...from(sceneViewer, 'Quick Look recommends the same') },
    uvSets: { max: 1, severity: 'hard', ...from(sceneViewer) },
    jointsPerSkin: { max: 254, severity: 'hard', ...from(sceneViewer) },
    sizeBytes: { max: 10_000_000, severity: 'hard', ...from(sceneViewer, '10 MB') },
    drawCalls: { max: 19, severity: 'advice', ...from(publishingTargets, 'mobile AR: fewer than 20') },
  },
  extensions: {
    allowed: ['KHR_materials_unlit', 'KHR_mesh_quantization', 'KHR_texture_transform'],
    ...ours(
      'What converters to USDZ read besides Scene Viewer; compressed geometry and WebP are left out for that reason.',
    ),
  },
  imageTypes: {
    allowed: ['image/jpeg', 'image/png'],
    ...ours('Scene Viewer reads both, and both go into USDZ as they are.'),
  },
  checks: {
    scale_too_large: {
      severity: 'warning',
      limit: 10,
      ...ours('AR shows things at their size; more does not fit a room.'),
    },
    non_manifold_points: { severity: 'off', ...ours('Nothing that draws minds them.') },
    uv_mirrored: { severity: 'off', ...ours('No light map is baked.') },
  },
  fidelity: fidelityLimits,
  defaults: {
    refine: { weld: true, textureSizePx: 2048 },
    convert: {
      triangles: 50_000,
      lods: [],
      geometryCompression: 'none',
      textureFormat: 'jpeg',
      textureQuality: 85,
    },
    ...ours(
      '50,000 triangles have about 30,000 vertices, the most that Scene Viewer recommends; AR viewers load one file.',
    ),
  },
};
