import { AtlasError } from '../errors.ts';
import type { GeometryCompression, LimitName, Profile, Recipe, TargetPlan } from '../schema/index.ts';

const extensionOf: Partial<Record<GeometryCompression, string>> = {
  quantized: 'KHR_mesh_quantization',
  meshopt: 'EXT_meshopt_compression',
  draco: 'KHR_draco_mesh_compression',
};

/** The smaller of a setting and a hard limit of the profile. */
function within(profile: Profile, name: LimitName, value: number): number {
  const limit = profile.limits[name];
  return limit?.severity === 'hard' ? Math.min(value, limit.max) : value;
}

function refuse(profile: Profile, field: string, what: string): never {
  throw new AtlasError('invalid_request', `The target "${profile.id}" does not read ${what}.`, {
    pointer: `/recipe/convert/${field}`,
  });
}

/**
 * The settings that a target is made with: the profile's defaults under the recipe's overrides. A budget or texture size
 * above a hard limit is lowered to it, so that one recipe serves several targets; a packing that the target cannot read
 * is refused. Meshopt packing counts as quantised too: it relies on that extension.
 * @throws invalid_request
 */
export function planTarget(profile: Profile, recipe: Recipe = {}): TargetPlan {
  const refine = { ...profile.defaults.refine, ...recipe.refine };
  const convert = { ...profile.defaults.convert, ...recipe.convert };
  const extension = extensionOf[convert.geometryCompression];
  if (extension && !profile.extensions.allowed.includes(extension)) {
    refuse(profile, 'geometryCompression', `${convert.geometryCompression} geometry`);
  }
  if (convert.textureFormat === 'webp' && !profile.imageTypes.allowed.includes('image/webp')) {
    refuse(profile, 'textureFormat', 'WebP images');
  }
  const triangles = within(profile, 'triangles', within(profile, 'trianglesPerMesh', convert.triangles));
  return {
    profile: profile.id,
    profileVersion: profile.version,
    refine: { ...refine, textureSizePx: within(profile, 'textureSizePx', refine.textureSizePx) },
    convert: { ...convert, triangles },
  };
}
