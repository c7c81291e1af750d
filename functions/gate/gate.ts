import { sha256Hex } from '../../shared/ids.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import { describe, plain, putContent } from '../../shared/records/content.ts';
import { readStage } from '../../shared/records/stages.ts';
import { ConvertResult, DispatchResult, GateInput, GateResult } from '../../shared/schema/index.ts';
import type { Stage } from '../event-function.ts';
import { planOf, roundPlanOf, settingsOf } from '../plan-of.ts';
import { storePage } from './store-page.ts';
import { storePictures } from './store-pictures.ts';

/** Measures the files as a customer would decode them and decides by the target’s rules. */
export const gate: Stage<GateInput> = {
  name: 'gate',
  engineVersion: '2',
  input: GateInput,
  async prepare(deps, job, { convertKey, dispatchKey, settings, rounds = [] }, target) {
    const planned = planOf(job, target);
    const plan = roundPlanOf(job, target, settings);
    const backOff = { plan: planned, settings: settingsOf(plan), rounds };
    const profile = findProfile(plan.profile);
    const { files } = ConvertResult.parse((await readStage(deps.docs, job.tenantId, convertKey)).result);
    // A command from before there was a comparison has no key: its files are judged by themselves.
    const master = dispatchKey
      ? DispatchResult.parse((await readStage(deps.docs, job.tenantId, dispatchKey)).result).master
      : undefined;
    return {
      parameters: {
        profile: profile.id,
        profileVersion: profile.version,
        triangles: plan.convert.triangles,
        // The report tells of the tries before, and the decision depends on them and on the plan.
        backOff: plain(backOff),
      },
      inputs: [
        ...files.map((file) => describe(`${file.name}.glb`, file)),
        ...(master ? [describe('master.glb', master)] : []),
      ],
      async work(signal) {
        const loaded = await Promise.all(
          files.map(async ({ name, key, sha256 }) => ({ name, sha256, glb: await deps.objects.get(key) })),
        );
        const source = master && { glb: await deps.objects.get(master.key), sha256: master.sha256 };
        const { report, pictures, decision } = await deps.engine.run(
          'gate',
          { files: loaded, profile, triangles: plan.convert.triangles, backOff, source },
          { signal },
        );
        const bytes = Buffer.from(JSON.stringify(report, null, 2));
        const stored = await putContent(deps.objects, job.tenantId, { bytes, sha256: sha256Hex(bytes) }, 'json');
        const shown = await storePictures(deps, job.tenantId, pictures);
        const bytesOf = new Map(pictures.map(({ meta, bytes: picture }) => [meta.name, picture]));
        const page = await storePage(deps, job.tenantId, { report, profile, pictures: bytesOf });
        const errors = report.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
        const { next, accept, rounds: tried } = decision;
        const reasons = tried.length > 1 ? [...errors, ...decision.reasons] : errors;
        const result: GateResult = {
          verdict: report.verdict,
          reasons,
          report: stored,
          page,
          pictures: shown,
          next,
          accept,
          rounds: tried,
        };
        return { result, outputs: [describe('report.json', stored), describe('report.html', page)], changes: [] };
      },
    };
  },
  tell(record) {
    const { verdict, next, accept, rounds } = GateResult.parse(record.result);
    return { verdict, next, accept, rounds };
  },
};
