import { describe } from '../../shared/records/content.ts';
import { readStage, type StageRecord } from '../../shared/records/stages.ts';
import {
  ConvertResult,
  DispatchResult,
  GateResult,
  type GateRound,
  type JobDocument,
  type JobError,
  type ReceiptStage,
  type SettleInput,
  type SettleTarget,
} from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { readWorkflowError } from './read-workflow-error.ts';

export interface FinishedTarget {
  readonly kind: 'finished';
  readonly target: string;
  readonly refine: StageRecord;
  readonly convert: StageRecord;
  readonly gate: StageRecord;
  readonly files: ConvertResult['files'];
  readonly decision: GateResult;
  /** The tries beside the one that counts, with their numbers. */
  readonly otherRounds: readonly OtherRound[];
  /** Every try, oldest first, where settings were changed; else undefined. */
  readonly rounds: readonly GateRound[] | undefined;
  /** A person has decided: `decision` is theirs. */
  readonly reviewed?: true;
}

export interface OtherRound {
  readonly round: number;
  readonly refine: StageRecord;
  readonly convert: StageRecord;
  readonly gate: StageRecord;
}

export interface FailedTarget {
  readonly kind: 'failed';
  readonly target: string;
  readonly error: JobError;
}

/** Everything that a finished workflow refers to, read from the records. */
export interface Collected {
  readonly dispatch: StageRecord | undefined;
  readonly source: DispatchResult | undefined;
  readonly scoreManifest: { key: string; bytes: Uint8Array } | undefined;
  readonly targets: (FinishedTarget | FailedTarget)[];
  readonly error: JobError | undefined;
}

const noResult: JobError = { code: 'internal', message: 'The workflow ended without a result for this target.' };

/** The tries that do not count, in the order of the work. */
async function readOthers(
  made: Extract<SettleTarget, { gateKey: string }>,
  read: (stageKey: string) => Promise<StageRecord>,
): Promise<OtherRound[]> {
  const numbered = (made.rounds ?? []).map((keys, round) => ({ ...keys, round }));
  return Promise.all(
    numbered
      .filter(({ gateKey }) => gateKey !== made.gateKey)
      .map(async ({ round, refineKey, convertKey, gateKey }): Promise<OtherRound> => {
        const [refine, convert, gate] = await Promise.all([read(refineKey), read(convertKey), read(gateKey)]);
        return { round, refine, convert, gate };
      }),
  );
}

/** The history of the last try holds all. */
function allRounds(decision: GateResult, others: readonly OtherRound[]): GateRound[] | undefined {
  const histories = [decision, ...others.map(({ gate }) => GateResult.parse(gate.result))].map(
    ({ rounds }) => rounds ?? [],
  );
  const longest = histories.reduce((most, rounds) => (rounds.length > most.length ? rounds : most));
  return longest.length > 1 ? longest : undefined;
}

/** Reads what the stages wrote, targets in the order of the request. */
export async function collect(deps: Deps, job: JobDocument, input: SettleInput): Promise<Collected> {
  const error = input.error === undefined || input.error === null ? undefined : readWorkflowError(input.error);
  const read = (stageKey: string) => readStage(deps.docs, job.tenantId, stageKey);
  const dispatch = input.dispatchKey ? await read(input.dispatchKey) : undefined;
  const targets = job.request.targets.map(async (target): Promise<FinishedTarget | FailedTarget | undefined> => {
    const made = Object.hasOwn(input.targets, target) ? input.targets[target] : undefined;
    if (!made) return error ? undefined : { kind: 'failed', target, error: noResult };
    if (!('gateKey' in made)) return { kind: 'failed', target, error: readWorkflowError(made.error) };
    const [refine, convert, gate] = await Promise.all([
      read(made.refineKey),
      read(made.convertKey),
      read(made.gateKey),
    ]);
    const { files } = ConvertResult.parse(convert.result);
    const decision = GateResult.parse(gate.result);
    const otherRounds = await readOthers(made, read);
    const rounds = allRounds(decision, otherRounds);
    return { kind: 'finished', target, refine, convert, gate, files, decision, otherRounds, rounds };
  });
  const scoreKey = input.scoreManifest ?? undefined;
  return {
    dispatch,
    source: dispatch && DispatchResult.parse(dispatch.result),
    scoreManifest: scoreKey === undefined ? undefined : { key: scoreKey, bytes: await deps.objects.get(scoreKey) },
    targets: (await Promise.all(targets)).filter((target) => target !== undefined),
    error,
  };
}

/** A stage record as the receipt tells it. */
export function receiptStage(record: StageRecord, target?: string): ReceiptStage {
  const { stage, stageKey, engineVersion, parameters, inputs, outputs, changes } = record;
  return { stage, ...(target ? { target } : {}), stageKey, engineVersion, parameters, inputs, outputs, changes };
}

/** All stages of the job in the order of the work. */
export function receiptStages({ dispatch, targets }: Collected): ReceiptStage[] {
  const finished = targets.filter((target) => target.kind === 'finished');
  return [
    ...(dispatch ? [receiptStage(dispatch)] : []),
    ...finished.flatMap(({ target, refine, convert, gate }) =>
      [refine, convert, gate].map((record) => receiptStage(record, target)),
    ),
  ];
}

export const reportDescriptor = (target: FinishedTarget) =>
  describe(`${target.target}/report.json`, target.decision.report);
