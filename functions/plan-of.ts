import { AtlasError } from '../shared/errors.ts';
import type { JobDocument, TargetPlan } from '../shared/schema/index.ts';

/** The settings that a job fixed for a target when it was accepted. @throws AtlasError unknown_target */
export function planOf(job: JobDocument, target: string | undefined): TargetPlan {
  const plan = job.plans.find(({ profile }) => profile === target);
  if (!plan) throw new AtlasError('unknown_target', `Job ${job.id} has no target ${target ?? ''}.`);
  return plan;
}
