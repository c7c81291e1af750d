import { findProfile } from '../../shared/profiles/profiles.ts';
import { describe, plain, putContent } from '../../shared/records/content.ts';
import { readStage } from '../../shared/records/stages.ts';
import { DispatchResult, RefineInput, type RefineResult } from '../../shared/schema/index.ts';
import type { Stage } from '../event-function.ts';
import { roundPlanOf } from '../plan-of.ts';

/** Cleans the master (weld, degenerate, unreferenced) and fits its textures to the target. */
export const refine: Stage<RefineInput> = {
  name: 'refine',
  engineVersion: '1',
  input: RefineInput,
  async prepare(deps, job, { dispatchKey, settings }, target) {
    const plan = roundPlanOf(job, target, settings);
    const { master } = DispatchResult.parse((await readStage(deps.docs, job.tenantId, dispatchKey)).result);
    const imageTypes = findProfile(plan.profile).imageTypes.allowed;
    return {
      parameters: { ...plain(plan.refine), imageTypes },
      inputs: [describe('master.glb', master)],
      async work(signal) {
        const glb = await deps.objects.get(master.key);
        const made = await deps.engine.run('refine', { glb, recipe: plan.refine, imageTypes }, { signal });
        const refined = await putContent(deps.objects, job.tenantId, made.file, 'glb');
        const result: RefineResult = { refined, changes: made.changes };
        return { result, outputs: [describe('refined.glb', refined)], changes: made.changes };
      },
    };
  },
};
