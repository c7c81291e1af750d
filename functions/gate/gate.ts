import { sha256Hex } from '../../shared/ids.ts';
import { contentPackages, missingOptional } from '../../shared/optional-module.ts';
import { describe, plain, putContent } from '../../shared/records/content.ts';
import { readStage } from '../../shared/records/stages.ts';
import {
  ConvertResult,
  DispatchResult,
  GateInput,
  type GateReport,
  GateResult,
  type Profile,
} from '../../shared/schema/index.ts';
import type { Stage } from '../event-function.ts';
import { planOf, profileOf, roundPlanOf, settingsOf } from '../plan-of.ts';
import { storePage } from './store-page.ts';
import { storePictures } from './store-pictures.ts';

/** Why the files are rejected, or have to be reviewed. */
function reasonsOf({ verdict, findings }: GateReport): string[] {
  const isReview = verdict === 'needs_review';
  return findings
    .filter(({ severity, review }) => (isReview ? review : severity === 'error'))
    .map(({ message }) => message);
}

const checksContent = ({ checks }: Profile): boolean => (checks?.content_unsafe?.severity ?? 'off') !== 'off';

/** Measures the files as a customer would decode them and decides by the target’s rules. */
export const gate: Stage<GateInput> = {
  name: 'gate',
  engineVersion: '3',
  input: GateInput,
  async prepare(deps, job, { convertKey, dispatchKey, settings, rounds = [] }, target) {
    const planned = planOf(job, target);
    const plan = roundPlanOf(job, target, settings);
    const backOff = { plan: planned, settings: settingsOf(plan), rounds };
    const profile = profileOf(plan);
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
        // What could not be checked without the packages is checked once they are there.
        ...(checksContent(profile) ? { content: missingOptional(contentPackages)?.reason ?? 'checked' } : {}),
        // The report tells of the tries before; the decision depends on them and on the plan, which holds the policy.
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
        const {
          report: judged,
          pictures,
          decision,
        } = await deps.engine.run(
          'gate',
          {
            files: loaded,
            profile,
            triangles: plan.convert.triangles,
            viewSizePx: plan.gate?.viewSizePx,
            backOff,
            source,
          },
          { signal },
        );
        const report = plan.policy ? { ...judged, policy: plan.policy } : judged;
        const bytes = Buffer.from(JSON.stringify(report, null, 2));
        const stored = await putContent(deps.objects, job.tenantId, { bytes, sha256: sha256Hex(bytes) }, 'json');
        const shown = await storePictures(deps, job.tenantId, pictures);
        const bytesOf = new Map(pictures.map(({ meta, bytes: picture }) => [meta.name, picture]));
        const page = await storePage(deps, job.tenantId, { report, profile, pictures: bytesOf });
        const { next, accept, rounds: tried } = decision;
        const reasons = tried.length > 1 ? [...reasonsOf(report), ...decision.reasons] : reasonsOf(report);
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
