import { sha256Hex } from '../../shared/ids.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import { describe, putContent } from '../../shared/records/content.ts';
import { readStage } from '../../shared/records/stages.ts';
import { ConvertResult, GateInput, GateResult } from '../../shared/schema/index.ts';
import type { Stage } from '../event-function.ts';
import { planOf } from '../plan-of.ts';

/** Measures the files as a customer would decode them and decides by the target’s rules. */
export const gate: Stage<GateInput> = {
  name: 'gate',
  engineVersion: '1',
  input: GateInput,
  async prepare(deps, job, { convertKey }, target) {
    const plan = planOf(job, target);
    const profile = findProfile(plan.profile);
    const { files } = ConvertResult.parse((await readStage(deps.docs, job.tenantId, convertKey)).result);
    return {
      parameters: { profile: profile.id, profileVersion: profile.version, triangles: plan.convert.triangles },
      inputs: files.map((file) => describe(`${file.name}.glb`, file)),
      async work(signal) {
        const loaded = await Promise.all(
          files.map(async ({ name, key, sha256 }) => ({ name, sha256, glb: await deps.objects.get(key) })),
        );
        const { report } = await deps.engine.run(
          'gate',
          { files: loaded, profile, triangles: plan.convert.triangles },
          { signal },
        );
        const bytes = Buffer.from(JSON.stringify(report, null, 2));
        const stored = await putContent(deps.objects, job.tenantId, { bytes, sha256: sha256Hex(bytes) }, 'json');
        const reasons = report.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
        const result: GateResult = { verdict: report.verdict, reasons, report: stored };
        return { result, outputs: [describe('report.json', stored)], changes: [] };
      },
    };
  },
  verdict: (record) => GateResult.parse(record.result).verdict,
};
