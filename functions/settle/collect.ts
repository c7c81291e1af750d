import { describe } from '../../shared/records/content.ts';
import { readStage, type StageRecord } from '../../shared/records/stages.ts';
import {
  ConvertResult,
  DispatchResult,
  GateResult,
  type JobDocument,
  type JobError,
  type ReceiptStage,
  type SettleInput,
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
    return { kind: 'finished', target, refine, convert, gate, files, decision: GateResult.parse(gate.result) };
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
