import { AtlasError } from '../errors.ts';
import {
  type LimitName,
  type Profile,
  packingExtensions,
  type Recipe,
  type TargetPlan,
  type TargetPolicy,
} from '../schema/index.ts';
import { applyPolicy } from './apply-policy.ts';

/** The smaller of a setting and a hard limit of the profile. */
function within(profile: Profile, name: LimitName, value: number): number {
  const limit = profile.limits[name];
  return limit?.severity === 'hard' ? Math.min(value, limit.max) : value;
}

function refuse(field: string, message: string): never {
  throw new AtlasError('invalid_request', message, { pointer: `/recipe/convert/${field}` });
}

/** Each level of detail is made from the one before it. */
function checkLods(lods: readonly number[]): void {
  const rising = lods.findIndex((share, i) => i > 0 && share >= (lods[i - 1] as number));
  if (rising >= 0) refuse(`lods/${rising}`, 'The shares of the levels of detail must fall from one to the next.');
}

/**
 * The settings that a target is made with: the profile's defaults under the recipe's overrides. A budget or texture size
 * above a hard limit is lowered to it, so that one recipe serves several targets; a packing that the target cannot read
 * is refused, and so are levels of detail that do not fall. Limits that the tenant’s policy makes hard bound it too.
 * @throws invalid_request
 */
export function planTarget(target: Profile, recipe: Recipe = {}, policy?: TargetPolicy): TargetPlan {
  const profile = applyPolicy(target, policy);
  const refine = { ...profile.defaults.refine, ...recipe.refine };
  const convert = { ...profile.defaults.convert, ...recipe.convert };
  const unread = `The target "${profile.id}" does not read`;
  const { geometryCompression } = convert;
  if (!packingExtensions[geometryCompression].every((name) => profile.extensions.allowed.includes(name))) {
    refuse('geometryCompression', `${unread} ${geometryCompression} geometry.`);
  }
  if (convert.textureFormat === 'webp' && !profile.imageTypes.allowed.includes('image/webp')) {
    refuse('textureFormat', `${unread} WebP images.`);
  }
  checkLods(convert.lods);
  const triangles = within(profile, 'triangles', within(profile, 'trianglesPerMesh', convert.triangles));
  return {
    profile: profile.id,
    profileVersion: profile.version,
    refine: { ...refine, textureSizePx: within(profile, 'textureSizePx', refine.textureSizePx) },
    convert: { ...convert, triangles },
    ...(recipe.backOff ? { backOff: recipe.backOff } : {}),
    ...(policy ? { policy } : {}),
    ...(recipe.gate ? { gate: recipe.gate } : {}),
  };
}
