import { JobRequest, Quote } from '../../../shared/schema/index.ts';
import { exampleJobRequest } from '../api-schemas.ts';
import { planJob } from '../plan-job.ts';
import { defineRoute } from '../route.ts';

export const createQuote = defineRoute({
  id: 'createQuote',
  method: 'POST',
  path: '/v1/quotes',
  summary: 'Price a job before any work; the same body as for POST /v1/jobs.',
  scope: 'jobs:read',
  body: JobRequest,
  bodyExample: exampleJobRequest,
  successes: [{ status: 200, description: 'The most that the job can cost.', schema: Quote }],
  errors: ['not_found', 'unknown_target'],
  async handler({ deps, tenantId, body }) {
    const { quote } = await planJob(deps, tenantId, body);
    return { status: 200, json: quote };
  },
});
