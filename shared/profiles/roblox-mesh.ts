import type { Profile } from '../schema/index.ts';
import { fidelityLimits, from, ours, robloxSpecifications, robloxTextures } from './evidence.ts';

/** A MeshPart in Roblox Studio. */
export const robloxMesh: Profile = {
  id: 'roblox-mesh',
  version: '2026-11-25',
  title: 'Roblox mesh',
  summary: 'Plain GLB within 20,000 triangles a mesh for the 3D importer of Roblox Studio.',
  limits: {
    trianglesPerMesh: { max: 20_000, severity: 'hard', ...from(robloxSpecifications) },
    textureSizePx: {
      max: 4096,
      severity: 'hard',
      ...from(robloxTextures, 'as documented in May 2026; it was 1024 before'),
    },
    materials: { max: 1, severity: 'advice', ...from(robloxSpecifications, 'one material for each mesh') },
    openEdges: { max: 0, severity: 'advice', ...from(robloxSpecifications, 'meshes should be watertight') },
  },
  extensions: { allowed: [], ...ours('The importer documents none; the file must stand without any.') },
  imageTypes: { allowed: ['image/jpeg', 'image/png'], ...from(robloxTextures) },
  checks: {
    holes: { severity: 'warning', limit: 0, ...from(robloxSpecifications, 'meshes should be watertight') },
    non_manifold_edges: { severity: 'warning', limit: 0, ...from(robloxSpecifications, 'meshes should be watertight') },
    uv_mirrored: { severity: 'off', ...ours('Studio bakes no light maps.') },
  },
  fidelity: fidelityLimits,
  defaults: {
    refine: { weld: true, textureSizePx: 1024 },
    convert: {
      triangles: 20_000,
      lods: [],
      geometryCompression: 'none',
      textureFormat: 'keep',
      textureQuality: 90,
    },
    ...ours(
      'The limit itself, in one file: Studio imports a mesh, not a chain. 1024 is the older limit of textures, safe everywhere.',
    ),
  },
};
