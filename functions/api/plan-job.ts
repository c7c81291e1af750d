import { AtlasError } from '../../shared/errors.ts';
import { quoteJob } from '../../shared/metering/quote-job.ts';
import { targetPolicy } from '../../shared/profiles/apply-policy.ts';
import { planTarget } from '../../shared/profiles/plan-target.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import { readAsset } from '../../shared/records/assets.ts';
import { readPolicy } from '../../shared/records/policies.ts';
import type { AssetDocument, JobRequest, PolicyDocument, Quote, TargetPlan } from '../../shared/schema/index.ts';
import type { ApiDeps } from './route.ts';

export interface PlannedJob {
  readonly asset: AssetDocument;
  readonly plans: TargetPlan[];
  /** The tenant’s policy as it stands now. */
  readonly policy: PolicyDocument | undefined;
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
  const profiles = request.targets.map((id, index) => findProfile(id, `/targets/${index}`));
  const [asset, policy] = await Promise.all([
    sourceAsset(deps, tenantId, request.source.assetId),
    readPolicy(deps.docs, tenantId),
  ]);
  const plans = profiles.map((profile) =>
    planTarget(profile, request.recipe, targetPolicy(policy, tenantId, profile.id)),
  );
  const acceptedAt = deps.clock.now().toISOString();
  const quote = quoteJob(request, { sourceSizeBytes: asset.sizeBytes, acceptedAt });
  return { asset, plans, policy, quote, acceptedAt };
}
