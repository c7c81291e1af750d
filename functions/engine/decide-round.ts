import { nextSettings } from '../../shared/core/quality/back-off/next-settings.ts';
import { imageBytesOf, roundOf } from '../../shared/core/quality/back-off/round-of.ts';
import { glbJson } from '../../shared/core/quality/glb-json.ts';
import type { BackOffInput, GateDecision } from '../../shared/ports/index.ts';
import type { GateReport, Profile } from '../../shared/schema/index.ts';

/** Bytes of the images of the full-detail model; 0 where it cannot be read, which the report says. */
export function modelImageBytes(files: readonly { name: string; glb: Uint8Array }[]): number {
  const model = files.find(({ name }) => name === 'model');
  const json = model && glbJson(model.glb);
  return json ? imageBytesOf(json) : 0;
}

/**
 * Puts a judged try into the history of its target and decides what follows. A try that passed with other settings than
 * the plan’s is `repaired`. The report gets the rounds only where there is more than the first one.
 */
export function decideRound(
  report: GateReport,
  { profile, imageBytes, backOff }: { profile: Profile; imageBytes: number; backOff: BackOffInput },
): { report: GateReport; decision: GateDecision } {
  const { plan, settings, rounds: before } = backOff;
  const verdict = before.length > 0 && report.verdict === 'accepted' ? 'repaired' : report.verdict;
  const judged: GateReport = { ...report, verdict };
  const rounds = [...before, roundOf(before.length, settings, judged, imageBytes)];
  const decided = nextSettings(rounds, profile, plan);
  return {
    report: rounds.length > 1 ? { ...judged, rounds } : judged,
    decision: {
      next: decided.kind === 'again' ? decided.settings : null,
      accept: decided.accept,
      rounds,
      reasons: decided.kind === 'give_up' ? decided.reasons : [],
    },
  };
}
