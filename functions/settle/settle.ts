import type { CloudEvent } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { AtlasError, toAtlasError } from '../../shared/errors.ts';
import { derivedId, sha256Hex } from '../../shared/ids.ts';
import { describeError } from '../../shared/log.ts';
import type { DocWrite } from '../../shared/ports/index.ts';
import { signReceipt } from '../../shared/receipt/dsse.ts';
import { assetPath } from '../../shared/records/assets.ts';
import { describe } from '../../shared/records/content.ts';
import { changeJob, publicJob } from '../../shared/records/jobs.ts';
import { provenanceOf, provenancePath } from '../../shared/records/provenance.ts';
import { jobEndWrites } from '../../shared/records/quotas.ts';
import { settleUsageWrites } from '../../shared/records/usage.ts';
import { webhookDeliveries } from '../../shared/records/webhooks.ts';
import {
  type AssetDocument,
  type JobDocument,
  type JobEvent,
  type JobStatus,
  type Receipt,
  receiptPredicateType,
  SettleInput,
  StageCommand,
  terminalStatuses,
  type Verdict,
} from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { stageSpan } from '../delivery-span.ts';
import { answerCallback, isLastDelivery, ownedJob, readMessage } from '../event-function.ts';
import { publishPending } from '../publish-deliveries.ts';
import { tellExecution } from '../tell-execution.ts';
import { chargeLines } from './charge.ts';
import { type Collected, collect, receiptStages, reportDescriptor } from './collect.ts';
import { type Delivery, deliver, sourceFacts } from './deliver.ts';
import { measureEnd } from './measure-end.ts';

interface Ending {
  readonly status: JobStatus;
  readonly verdict?: Verdict;
  readonly error?: { code: string; message: string; pointer?: string };
}

const worst: readonly Verdict[] = ['rejected', 'needs_review', 'repaired', 'accepted'];

/** How the job ends: failed when nothing reached a gate, otherwise by the worst verdict of its targets. */
function endingOf(collected: Collected, delivery: Delivery): Ending {
  if (collected.error) return { status: 'failed', error: collected.error };
  const [first] = collected.targets;
  if (first?.kind === 'failed' && collected.targets.every(({ kind }) => kind === 'failed')) {
    return { status: 'failed', error: first.error };
  }
  const verdict = worst.find((one) => delivery.results.some((result) => result.verdict === one)) ?? 'rejected';
  const status = verdict === 'accepted' || verdict === 'repaired' ? 'delivered' : verdict;
  return { status, verdict };
}

/** The statement that is signed. It holds no time but the job’s own, so that the same work gives the same bytes. */
function buildReceipt(job: JobDocument, collected: Collected, delivery: Delivery, ending: Ending): Receipt {
  const usage = chargeLines(job, collected);
  const score = collected.scoreManifest;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: delivery.outputs.map((output) => describe(output.fileName, output)),
    predicateType: receiptPredicateType,
    predicate: {
      jobId: job.id,
      tenantId: job.tenantId,
      acceptedAt: job.createdAt,
      status: ending.status,
      ...(collected.source ? { source: describe('source', collected.source.source) } : {}),
      stages: receiptStages(collected),
      ...(score
        ? { scores: describe('scores.json', { sha256: sha256Hex(score.bytes), sizeBytes: score.bytes.byteLength }) }
        : {}),
      verdicts: collected.targets
        .filter((target) => target.kind === 'finished')
        .map((target) => ({
          target: target.target,
          verdict: target.decision.verdict,
          report: reportDescriptor(target),
          reasons: target.decision.reasons,
          ...(target.rounds ? { rounds: [...target.rounds] } : {}),
        })),
      usage,
      totalMicroUsd: usage.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0),
      ...(ending.error ? { error: ending.error } : {}),
    },
  };
}

async function storeReceipt(deps: Deps, job: JobDocument, receipt: Receipt): Promise<DocWrite & { assetId: string }> {
  const bytes = Buffer.from(JSON.stringify(await signReceipt(receipt, deps.signer), null, 2));
  const sha256 = sha256Hex(bytes);
  // The hash is part of the key: a receipt that an attempt wrote without coming to its commit stands in nobody’s way.
  const objectKey = `tenants/${job.tenantId}/receipts/${job.id}/${sha256}.json`;
  await deps.objects.put(objectKey, bytes, { contentType: 'application/json' });
  const assetId = derivedId('ast', job.tenantId, job.id, 'receipt');
  const asset = {
    id: assetId,
    tenantId: job.tenantId,
    kind: 'receipt',
    objectKey,
    fileName: `${job.id}.receipt.json`,
    contentType: 'application/json',
    sizeBytes: bytes.byteLength,
    sha256,
    jobId: job.id,
    createdAt: job.createdAt,
  };
  return { kind: 'set', path: assetPath(job.tenantId, assetId), data: asset, assetId };
}

/** Ends a job: files, receipt, usage, provenance, events and webhooks, all in one commit. */
async function settleJob(deps: Deps, job: JobDocument, input: SettleInput): Promise<JobDocument> {
  const asset = await deps.docs.get<AssetDocument>(assetPath(job.tenantId, job.request.source.assetId));
  const collected = await collect(deps, job, input);
  const delivery = deliver(job, collected, asset?.fileName);
  const ending = endingOf(collected, delivery);
  const receipt = buildReceipt(job, collected, delivery, ending);
  const { assetId: receiptAssetId, ...receiptWrite } = await storeReceipt(deps, job, receipt);
  const source = sourceFacts(job, collected, asset?.fileName);
  const type = `job.${ending.status}` as JobEvent['type'];
  const finished: Partial<JobDocument> = {
    ...ending,
    finishedAt: deps.clock.now().toISOString(),
    chargedMicroUsd: receipt.predicate.totalMicroUsd,
    receiptAssetId,
    results: delivery.results,
    outputs: delivery.outputs,
    ...(source ? { source } : {}),
  };
  const webhooks = await webhookDeliveries(deps.docs, deps.clock, job.tenantId, {
    type,
    jobId: job.id,
    data: publicJob({ ...job, ...finished }),
  });
  let isOurs = false;
  const ended = await changeJob(deps.docs, deps.clock, { tenantId: job.tenantId, jobId: job.id }, (now) => {
    isOurs = !terminalStatuses.includes(now.status);
    if (!isOurs) return undefined;
    return {
      job: finished,
      events: [{ type, ...(ending.error ? { message: ending.error.message } : {}) }],
      writes: [
        ...delivery.assets.map((one): DocWrite => ({ kind: 'set', path: assetPath(job.tenantId, one.id), data: one })),
        receiptWrite,
        { kind: 'set', path: provenancePath(job.tenantId, job.id), data: provenanceOf(job, receipt.predicate.stages) },
        ...settleUsageWrites(job.tenantId, receipt.predicate.usage),
        ...jobEndWrites(job, {
          chargedMicroUsd: receipt.predicate.totalMicroUsd,
          deliveredBytes: delivery.outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        }),
        ...webhooks,
      ],
    };
  });
  if (isOurs) {
    tellExecution(deps.telemetry, ended);
    measureEnd(deps.telemetry, ended, receipt.predicate.usage);
  }
  return ended;
}

/**
 * Ends a job whatever happens: what cannot be settled, now or at any later delivery, ends it as failed. A job without an
 * end would be the one thing that its customer can do nothing about.
 */
async function endJob(deps: Deps, job: JobDocument, input: unknown, last: boolean): Promise<JobDocument> {
  try {
    return await settleJob(deps, job, SettleInput.parse(input));
  } catch (thrown) {
    const error =
      thrown instanceof z.ZodError
        ? new AtlasError('conflict', 'The workflow told of its work in a form that is not known.', { cause: thrown })
        : toAtlasError(thrown);
    if (error.retryable && !last) throw error;
    deps.log('ERROR', 'job cannot be settled and ends as failed', { jobId: job.id, error: describeError(error) });
    const reason = { code: 'internal', message: `The result could not be put together: ${error.message}` };
    return settleJob(deps, job, { error: reason, targets: {} });
  }
}

/** The settle stage. A repeated command finds the job ended, sends out what is still to be sent, and answers again. */
export function settleFunction(deps: Deps): (event: CloudEvent<unknown>) => Promise<void> {
  return async (event) => {
    const command = readMessage(deps, event, StageCommand);
    await stageSpan(deps, event, command, async () => {
      const job = await ownedJob(deps, command);
      if (!job) return undefined;
      const cached = terminalStatuses.includes(job.status);
      const settled = cached ? job : await endJob(deps, job, command.input, isLastDelivery(event));
      await publishPending(deps, job);
      const stageKey = sha256Hex(`settle ${settled.id}`);
      await answerCallback(deps, command, { status: 'done', stageKey, cached: false });
      return { status: 'done', stageKey, cached };
    });
  };
}
