import { publicJob, readJob } from '../../../shared/records/jobs.ts';
import { Job } from '../../../shared/schema/index.ts';
import { jobParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const getJob = defineRoute({
  id: 'getJob',
  method: 'GET',
  path: '/v1/jobs/{jobId}',
  summary: 'Read a job.',
  scope: 'jobs:read',
  params: jobParams,
  successes: [{ status: 200, description: 'The job as it stands.', schema: Job }],
  async handler({ deps, tenantId, params }) {
    return { status: 200, json: publicJob(await readJob(deps.docs, tenantId, params.jobId)) };
  },
});
