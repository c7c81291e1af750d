import { apiCallEvent, processingUnits, usageEvent } from '../../shared/metering/usage-event.ts';
import type { StageRecord } from '../../shared/records/stages.ts';
import type { JobDocument, UsageEvent } from '../../shared/schema/index.ts';
import type { Collected, FinishedTarget } from './collect.ts';

export const delivered = (target: FinishedTarget): boolean =>
  target.decision.verdict === 'accepted' || target.decision.verdict === 'repaired';

/** A person has still to decide on it: what it costs is not known yet. */
export const waits = (target: FinishedTarget): boolean => target.decision.verdict === 'needs_review';

/** What was done for tries that do not count, each stage once. */
function otherWork({ refine, convert, otherRounds }: FinishedTarget): { record: StageRecord; round: number }[] {
  const shown = new Set([refine.stageKey, convert.stageKey]);
  return otherRounds
    .flatMap((other) => [other.refine, other.convert].map((record) => ({ record, round: other.round })))
    .filter(({ record }) => !shown.has(record.stageKey) && shown.add(record.stageKey));
}

/**
 * The usage lines of a job that has ended. Work that led to no delivery, tries with other settings among it, and work that
 * an earlier job or another target has paid for, leaves a line of zero, so that a customer sees each act once.
 *
 * Targets that wait for a review have no lines, nor has what is charged only if one of them is delivered. Once decided they
 * come last, so that the lines from before stay as they were written.
 */
export function chargeLines(job: JobDocument, collected: Collected): UsageEvent[] {
  const { dispatch, source } = collected;
  const all = collected.targets.filter((target) => target.kind === 'finished');
  const finished = [...all.filter(({ reviewed }) => !reviewed), ...all.filter(({ reviewed }) => reviewed)];
  const units = processingUnits(source?.source.sizeBytes ?? 0);
  const paid = new Set<string>();

  const line = (
    record: StageRecord,
    target: string | undefined,
    note: string | undefined,
    round?: number,
  ): UsageEvent =>
    usageEvent(job, {
      metric: 'processing',
      stage: record.stage,
      version: record.engineVersion,
      quantity: note === undefined ? units : 0,
      ...(target ? { target } : {}),
      ...(round === undefined ? {} : { round }),
      ...(note ? { note } : {}),
    });
  const processing = (record: StageRecord, target: string | undefined, wanted: boolean): UsageEvent => {
    const note = !wanted
      ? 'not charged: nothing was delivered from it'
      : record.jobId !== job.id
        ? 'not charged: the result of an earlier job was used'
        : paid.has(record.stageKey)
          ? 'not charged: shared with another target of this job'
          : undefined;
    if (wanted) paid.add(record.stageKey);
    return line(record, target, note);
  };

  const lines = [apiCallEvent(job)];
  if (dispatch && (finished.some(delivered) || !finished.some(waits))) {
    lines.push(processing(dispatch, undefined, finished.some(delivered)));
  }
  for (const target of finished) {
    if (waits(target)) continue;
    lines.push(processing(target.refine, target.target, delivered(target)));
    lines.push(processing(target.convert, target.target, delivered(target)));
    lines.push(
      usageEvent(job, {
        metric: 'delivered_asset',
        stage: 'gate',
        version: target.gate.engineVersion,
        target: target.target,
        quantity: delivered(target) ? 1 : 0,
        ...(delivered(target) ? {} : { note: `not charged: ${target.reviewed ? 'refused' : 'rejected by the gate'}` }),
      }),
    );
    for (const { record, round } of otherWork(target)) {
      lines.push(
        line(record, target.target, `not charged: try ${round + 1} of this target was not the one delivered`, round),
      );
    }
  }
  return lines;
}
