import { AtlasError } from '../../../shared/errors.ts';
import { describeError } from '../../../shared/log.ts';
import { apiCallEvent } from '../../../shared/metering/usage-event.ts';
import { DocExists } from '../../../shared/ports/index.ts';
import { jobPath, publicJob, readJob } from '../../../shared/records/jobs.ts';
import { jobLabelWrites } from '../../../shared/records/list-jobs.ts';
import { admitJob } from '../../../shared/records/quotas.ts';
import { usageWrites } from '../../../shared/records/usage.ts';
import { defaultReviewDays, Job, type JobDocument, JobRequest } from '../../../shared/schema/index.ts';
import { startJob } from '../../start-job.ts';
import { exampleJobRequest } from '../api-schemas.ts';
import { planJob } from '../plan-job.ts';
import { type ApiDeps, defineRoute } from '../route.ts';

/** Where the job stands in the trace of this request. */
function traceOf({ telemetry }: ApiDeps): Pick<JobDocument, 'trace'> {
  const [request, execution] = [telemetry.current(), telemetry.reserve()];
  return request && execution ? { trace: { request, execution } } : {};
}

/** Plans and prices the job, and sees that its file has arrived. Nothing is written. */
async function newJob(deps: ApiDeps, tenantId: string, id: string, request: JobRequest): Promise<JobDocument> {
  const { asset, plans, policy, quote, acceptedAt } = await planJob(deps, tenantId, request);
  if (request.maxCostMicroUsd !== undefined && quote.maxMicroUsd > request.maxCostMicroUsd) {
    throw new AtlasError('cost_cap_exceeded', `The job can cost up to ${quote.maxMicroUsd} micro-USD.`, {
      pointer: '/maxCostMicroUsd',
    });
  }
  if (!(await deps.objects.head(asset.objectKey))) {
    throw new AtlasError('upload_incomplete', `The file of ${asset.id} has not arrived.`, {
      pointer: '/source/assetId',
    });
  }
  return {
    id,
    tenantId,
    status: 'queued',
    request,
    priceMicroUsd: quote.maxMicroUsd,
    createdAt: acceptedAt,
    results: [],
    outputs: [],
    stages: [],
    plans,
    eventCount: 1,
    ...(policy ? { policy: { sha256: policy.sha256, reviewDays: policy.reviewDays ?? defaultReviewDays } } : {}),
    ...traceOf(deps),
  };
}

/** The job that an earlier holder of this request’s key made before it died: then everything was judged already. */
const madeBefore = (deps: ApiDeps, tenantId: string, id: string): Promise<JobDocument | undefined> =>
  deps.docs.get<JobDocument>(jobPath(tenantId, id));

/** Writes job, first event, usage, outbox and quotas in one commit; a job that is there already is returned as it stands. */
async function acceptJob(deps: ApiDeps, job: JobDocument): Promise<JobDocument> {
  const extra = [...usageWrites(job.tenantId, apiCallEvent(job)), ...jobLabelWrites(job)];
  try {
    await admitJob(deps.docs, deps.clock, job, extra);
    return job;
  } catch (error) {
    if (!(error instanceof DocExists)) throw error;
    return readJob(deps.docs, job.tenantId, job.id);
  }
}

export const createJobRoute = defineRoute({
  id: 'createJob',
  method: 'POST',
  path: '/v1/jobs',
  summary: 'Start a job: one source, one or more targets.',
  scope: 'jobs:write',
  body: JobRequest,
  bodyExample: exampleJobRequest,
  successes: [
    {
      status: 201,
      description: 'The job is accepted and will run to its end.',
      schema: Job,
      headers: { location: 'Path of the job.' },
    },
  ],
  errors: [
    'not_found',
    'unknown_target',
    'upload_incomplete',
    'cost_cap_exceeded',
    'quota_jobs',
    'quota_storage',
    'quota_spend',
  ],
  async handler({ deps, tenantId, body, newId, repeated }) {
    const id = newId('job');
    const before = repeated ? await madeBefore(deps, tenantId, id) : undefined;
    const job = before ?? (await acceptJob(deps, await newJob(deps, tenantId, id, body)));
    if (job.executionName === undefined) {
      await startJob(deps, job).catch((error: unknown) => {
        // The job is accepted; the sweep of the outbox starts it later.
        deps.log('ERROR', 'workflow not started', { jobId: job.id, error: describeError(error) });
      });
    }
    return { status: 201, headers: { location: `/v1/jobs/${job.id}` }, json: publicJob(job) };
  },
});
