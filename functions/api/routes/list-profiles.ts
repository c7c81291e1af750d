import { profiles } from '../../../shared/profiles/profiles.ts';
import { ProfileList } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const listProfiles = defineRoute({
  id: 'listProfiles',
  method: 'GET',
  path: '/v1/profiles',
  summary: 'List the target profiles, each number with its source.',
  scope: 'profiles:read',
  successes: [{ status: 200, description: 'All profiles.', schema: ProfileList }],
  handler: async () => ({ status: 200, json: { items: profiles } }),
});
