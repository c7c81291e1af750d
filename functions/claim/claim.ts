import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { errorTable, toAtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import { changeJob } from '../../shared/records/jobs.ts';
import { JobId, TenantId, Traceparent, terminalStatuses } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';

export const ClaimRequest = z.strictObject({
  tenantId: TenantId,
  jobId: JobId,
  executionId: z.string().min(1).max(128),
  traceparent: Traceparent,
});
export type ClaimRequest = z.infer<typeof ClaimRequest>;

/** What the workflow needs to know of its job; `owned` is false for every execution but the first. */
export interface ClaimAnswer {
  readonly owned: boolean;
  readonly targets: string[];
  readonly score: boolean;
}

/**
 * Binds a job to the execution that asks first. Starting an execution has no idempotency key at Google, so two may run
 * for one job: the second learns here that it is not needed. Asking again with the same id answers the same.
 */
export async function claimJob(
  deps: Deps,
  { executionId, tenantId, jobId }: Omit<ClaimRequest, 'traceparent'>,
): Promise<ClaimAnswer> {
  const ids = { tenantId, jobId };
  const job = await changeJob(deps.docs, deps.clock, ids, (now) => {
    if (now.executionId !== undefined || terminalStatuses.includes(now.status)) return undefined;
    return { job: { executionId, status: 'running' }, events: [{ type: 'job.started' }] };
  });
  return {
    owned: job.executionId === executionId && !terminalStatuses.includes(job.status),
    targets: job.request.targets,
    score: job.request.recipe?.score ?? job.request.candidates > 1,
  };
}

/** What is answered to a claim: status and JSON. */
interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Claims in a span that continues the trace of the job. */
function claimInSpan(deps: Deps, request: ClaimRequest): Promise<Reply> {
  const { traceparent: parent, tenantId, jobId } = request;
  const attributes = {
    'http.request.method': 'POST',
    'http.route': '/claim',
    'faas.trigger': 'http',
    'atlas.tenant.id': tenantId,
    'atlas.job.id': jobId,
  };
  return deps.telemetry.span('POST /claim', { kind: 'server', parent, attributes }, async (span) => {
    const reply = await claimJob(deps, request).then(
      (answer): Reply => {
        span.set({ 'atlas.claim.owned': answer.owned });
        return { status: 200, body: answer };
      },
      (thrown: unknown): Reply => {
        const { code, message } = toAtlasError(thrown);
        span.fail(code, message);
        if (code === 'internal') deps.log('ERROR', 'claim failed', { error: describeError(thrown) });
        return { status: errorTable[code].status, body: { code, message } };
      },
    );
    span.set({ 'http.response.status_code': reply.status });
    return reply;
  });
}

/** The claim as an HTTP function; its caller is authenticated by the platform before it gets here. */
export function claimFunction(deps: Deps): HttpFunction {
  return async (req, res) => {
    const request = ClaimRequest.safeParse(req.body);
    if (!request.success) {
      res.status(400).json({ code: 'invalid_request', message: z.prettifyError(request.error) });
      return;
    }
    const { status, body } = await claimInSpan(deps, request.data);
    await deps.telemetry.flush('due');
    res.status(status).json(body);
  };
}
