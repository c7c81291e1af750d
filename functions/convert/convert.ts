import { describe, plain, putContent } from '../../shared/records/content.ts';
import { readStage } from '../../shared/records/stages.ts';
import { ConvertInput, type ConvertResult, RefineResult } from '../../shared/schema/index.ts';
import type { Stage } from '../event-function.ts';
import { roundPlanOf } from '../plan-of.ts';

/** Brings the refined mesh to the target’s budget, with its levels of detail, in the form that the target reads. */
export const convert: Stage<ConvertInput> = {
  name: 'convert',
  engineVersion: '1',
  input: ConvertInput,
  async prepare(deps, job, { refineKey, settings }, target) {
    const recipe = roundPlanOf(job, target, settings).convert;
    const { refined } = RefineResult.parse((await readStage(deps.docs, job.tenantId, refineKey)).result);
    return {
      parameters: plain(recipe),
      inputs: [describe('refined.glb', refined)],
      async work(signal) {
        const glb = await deps.objects.get(refined.key);
        const made = await deps.engine.run('convert', { glb, recipe }, { signal });
        const files = await Promise.all(
          made.files.map(async ({ file, ...facts }) => ({
            ...facts,
            ...(await putContent(deps.objects, job.tenantId, file, 'glb')),
          })),
        );
        const result: ConvertResult = { files, changes: made.changes };
        return { result, outputs: files.map((file) => describe(`${file.name}.glb`, file)), changes: made.changes };
      },
    };
  },
};
