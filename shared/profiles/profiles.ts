import { AtlasError } from '../errors.ts';
import type { Profile } from '../schema/index.ts';
import { mobileAr } from './mobile-ar.ts';
import { nearestName } from './nearest-name.ts';
import { robloxMesh } from './roblox-mesh.ts';
import { unityMobile } from './unity-mobile.ts';
import { unreal } from './unreal.ts';
import { web } from './web.ts';

/** Every target that Atlas makes files for. */
export const profiles: readonly Profile[] = [web, mobileAr, robloxMesh, unityMobile, unreal];

/** The profile with this id. @throws unknown_target naming the known ones and the nearest */
export function findProfile(id: string, pointer?: string): Profile {
  const profile = profiles.find((candidate) => candidate.id === id);
  if (profile) return profile;
  const ids = profiles.map((candidate) => candidate.id);
  const nearest = nearestName(id, ids);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  throw new AtlasError(
    'unknown_target',
    `There is no target "${id.slice(0, 64)}". Known targets: ${ids.join(', ')}.${hint}`,
    pointer === undefined ? {} : { pointer },
  );
}
