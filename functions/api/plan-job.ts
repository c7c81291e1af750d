import { AtlasError } from '../../shared/errors.ts';
import { quoteJob } from '../../shared/metering/quote-job.ts';
import { planTarget } from '../../shared/profiles/plan-target.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import { readAsset } from '../../shared/records/assets.ts';
import type { AssetDocument, JobRequest, Quote, TargetPlan } from '../../shared/schema/index.ts';
import type { ApiDeps } from './route.ts';

export interface PlannedJob {
  readonly asset: AssetDocument;
  readonly plans: TargetPlan[];
  readonly quote: Quote;
  /** The time that decided the price; the job is created at it. */
  readonly acceptedAt: string;
}

/** The source of a job; the error for one that is not there points at the request’s field. */
async function sourceAsset(deps: ApiDeps, tenantId: string, assetId: string): Promise<AssetDocument> {
  try {
    return await readAsset(deps.docs, tenantId, assetId);
  } catch (thrown) {
    if (!(thrown instanceof AtlasError)) throw thrown;
    throw new AtlasError(thrown.code, thrown.message, { pointer: '/source/assetId', cause: thrown });
  }
}

/**
 * What a request would do and cost, without doing anything.
 *
 * @throws AtlasError not_found at /source/assetId, unknown_target at /targets/n, invalid_request for a recipe that a
 *   target cannot take
 */
export async function planJob(deps: ApiDeps, tenantId: string, request: JobRequest): Promise<PlannedJob> {
  const plans = request.targets.map((id, index) => planTarget(findProfile(id, `/targets/${index}`), request.recipe));
  const asset = await sourceAsset(deps, tenantId, request.source.assetId);
  const acceptedAt = deps.clock.now().toISOString();
  return { asset, plans, quote: quoteJob(request, { sourceSizeBytes: asset.sizeBytes, acceptedAt }), acceptedAt };
}
