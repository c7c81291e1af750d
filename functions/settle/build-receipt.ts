import { derivedId, sha256Hex } from '../../shared/ids.ts';
import type { DocWrite } from '../../shared/ports/index.ts';
import { signReceipt } from '../../shared/receipt/dsse.ts';
import { assetPath } from '../../shared/records/assets.ts';
import { describe } from '../../shared/records/content.ts';
import {
  type JobDocument,
  type Receipt,
  type ReviewDecision,
  receiptPredicateType,
} from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { chargeLines } from './charge.ts';
import { type Collected, receiptStages, reportDescriptor } from './collect.ts';
import type { Delivery } from './deliver.ts';
import type { Ending } from './ending-of.ts';

/** What a receipt is about. */
export interface Settled {
  readonly collected: Collected;
  readonly delivery: Delivery;
  readonly ending: Ending;
  readonly decided: ReviewDecision | undefined;
}

/**
 * The statement that is signed. It holds no time but the job’s own and that of a decision, so that the same work gives the
 * same bytes.
 */
export function buildReceipt(job: JobDocument, { collected, delivery, ending, decided }: Settled): Receipt {
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
      ...(job.policy ? { policySha256: job.policy.sha256 } : {}),
      ...(decided ? { review: decided } : {}),
      usage,
      totalMicroUsd: usage.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0),
      ...(ending.error ? { error: ending.error } : {}),
    },
  };
}

/** Signs and stores a receipt; the write makes it known as an asset. */
export async function storeReceipt(
  deps: Deps,
  job: JobDocument,
  receipt: Receipt,
): Promise<DocWrite & { assetId: string }> {
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
