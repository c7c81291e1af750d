import { AtlasError } from '../../../shared/errors.ts';
import { profiles } from '../../../shared/profiles/profiles.ts';
import { Profile } from '../../../shared/schema/index.ts';
import { profileParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const getProfile = defineRoute({
  id: 'getProfile',
  method: 'GET',
  path: '/v1/profiles/{profileId}',
  summary: 'Read a target profile.',
  scope: 'profiles:read',
  params: profileParams,
  successes: [{ status: 200, description: 'The profile.', schema: Profile }],
  async handler({ params }) {
    const profile = profiles.find(({ id }) => id === params.profileId);
    if (!profile) throw new AtlasError('not_found', `There is no profile ${params.profileId}.`);
    return { status: 200, json: profile };
  },
});
