import { AtlasError } from '../../../shared/errors.ts';
import { Health } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const getHealth = defineRoute({
  id: 'getHealth',
  method: 'GET',
  path: '/health',
  summary: 'Whether the API and its store answer.',
  open: true,
  successes: [{ status: 200, description: 'They do.', schema: Health }],
  errors: ['store_unavailable'],
  async handler({ deps }) {
    await deps.docs.get('health/probe').catch((cause: unknown) => {
      throw new AtlasError('store_unavailable', 'The document store does not answer.', { cause });
    });
    return { status: 200, json: { status: 'ok' } };
  },
});

/** Cloud Run keeps some paths that end in z for itself, this one among them: https://cloud.google.com/run/docs/known-issues */
export const getHealthz = defineRoute({
  ...getHealth,
  id: 'getHealthz',
  path: '/healthz',
  summary: 'The same under its older name, which does not reach the API on an address of Cloud Run.',
});
