import { AtlasError } from '../../../shared/errors.ts';
import { describeError } from '../../../shared/log.ts';
import { publicJob } from '../../../shared/records/jobs.ts';
import { decideReview } from '../../../shared/records/reviews.ts';
import { Job, ReviewRequest } from '../../../shared/schema/index.ts';
import { publishReview } from '../../publish-review.ts';
import { jobParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const reviewJob = defineRoute({
  id: 'reviewJob',
  method: 'POST',
  path: '/v1/jobs/{jobId}/review',
  summary: 'Approve or refuse a job that needs a review. Once: whoever comes second is told what was decided.',
  scope: 'jobs:review',
  params: jobParams,
  body: ReviewRequest,
  bodyExample: { decision: 'approve', reason: 'The loose leaves are part of the design.' },
  successes: [
    {
      status: 200,
      description:
        'The decision counts. The job becomes `delivered` or `rejected` within seconds, which its events tell.',
      schema: Job,
    },
  ],
  errors: ['conflict'],
  async handler({ deps, tenantId, caller, params, body, repeated }) {
    const { actor } = caller;
    if (actor.kind !== 'key') throw new AtlasError('forbidden', 'A review is decided with an API key.');
    const job = await decideReview(deps, { tenantId, jobId: params.jobId }, body, { actor, repeated });
    await publishReview(deps, job).catch((error: unknown) => {
      // The decision stands; the sweep of the outbox has it carried out.
      deps.log('ERROR', 'decision not passed on', { jobId: job.id, error: describeError(error) });
    });
    return { status: 200, json: publicJob(job) };
  },
});
