import { AtlasError } from '../shared/errors.ts';
import { applyPolicy } from '../shared/profiles/apply-policy.ts';
import { planTarget } from '../shared/profiles/plan-target.ts';
import { findProfile } from '../shared/profiles/profiles.ts';
import type { JobDocument, Profile, RoundSettings, TargetPlan } from '../shared/schema/index.ts';

/** The settings that a job fixed for a target when it was accepted. @throws AtlasError unknown_target */
export function planOf(job: JobDocument, target: string | undefined): TargetPlan {
  const plan = job.plans.find(({ profile }) => profile === target);
  if (!plan) throw new AtlasError('unknown_target', `Job ${job.id} has no target ${target ?? ''}.`);
  return plan;
}

/**
 * The settings of one try: the plan’s, or those that the gate asked for after a try before it, kept within the profile.
 * @throws AtlasError unknown_target, invalid_request for a packing that the target does not read
 */
export function roundPlanOf(
  job: JobDocument,
  target: string | undefined,
  settings: RoundSettings | null | undefined,
): TargetPlan {
  const plan = planOf(job, target);
  if (!settings) return plan;
  const { textureSizePx, ...convert } = settings;
  const { refine, convert: planned } = plan;
  const recipe = { refine: { ...refine, textureSizePx }, convert: { ...planned, ...convert } };
  return { ...plan, ...planTarget(findProfile(plan.profile), recipe, plan.policy) };
}

/** The rules that a planned target is judged by: its profile’s under the policy that stood when the job was accepted. */
export const profileOf = ({ profile, policy }: TargetPlan): Profile => applyPolicy(findProfile(profile), policy);

/** What of a plan the back-off loop may change. */
export const settingsOf = ({ refine, convert }: TargetPlan): RoundSettings => ({
  triangles: convert.triangles,
  textureSizePx: refine.textureSizePx,
  textureQuality: convert.textureQuality,
  geometryCompression: convert.geometryCompression,
});
