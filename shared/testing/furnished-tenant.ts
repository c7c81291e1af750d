import { usageEvent } from '../metering/usage-event.ts';
import type { Clock, DocStore, ObjectInfo, ObjectStore } from '../ports/index.ts';
import { createApiKey } from '../records/api-keys.ts';
import { assetPath, assetWrite, uploadKey } from '../records/assets.ts';
import { auditWrite, operator, refusalCounter } from '../records/audit.ts';
import { claimKey } from '../records/idempotency.ts';
import { changeJob } from '../records/jobs.ts';
import { jobLabelWrites } from '../records/list-jobs.ts';
import { provenanceOf, provenancePath } from '../records/provenance.ts';
import { admitJob, admitUpload, jobEndWrites } from '../records/quotas.ts';
import { stagePath } from '../records/stages.ts';
import { usageWrites } from '../records/usage.ts';
import { webhookDeliveries, webhookPath } from '../records/webhooks.ts';
import type { AssetDocument, JobDocument } from '../schema/index.ts';

type Files = Pick<ObjectStore, 'put' | 'head' | 'list' | 'delete' | 'get'>;

/** Objects in a map, for tests that are about which there are. */
export function memoryObjects(): ObjectStore & { keys(): string[] } {
  const files = new Map<string, Uint8Array>();
  const info = (key: string): ObjectInfo => ({
    key,
    sizeBytes: files.get(key)?.byteLength ?? 0,
    contentType: 'application/octet-stream',
  });
  const store: Files & { keys(): string[] } = {
    keys: () => [...files.keys()].sort(),
    async put(key, bytes) {
      if (files.has(key)) return false;
      files.set(key, bytes);
      return true;
    },
    get: async (key) => files.get(key) ?? new Uint8Array(),
    head: async (key) => (files.has(key) ? info(key) : undefined),
    list: async (prefix) => [...files.keys()].filter((key) => key.startsWith(prefix)).map(info),
    async delete(key) {
      files.delete(key);
    },
  };
  return store as ObjectStore & { keys(): string[] };
}

export interface World {
  readonly docs: DocStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

const bytes = Buffer.from('some');
const type = { contentType: 'model/gltf-binary' };

/** Announces a file of four bytes and puts it there. */
export async function furnishUpload({ docs, objects, clock }: World, tenantId: string, id: string): Promise<void> {
  const objectKey = uploadKey(tenantId, id);
  const createdAt = clock.now().toISOString();
  const asset: AssetDocument = {
    ...{ id, tenantId, kind: 'upload', objectKey, fileName: 'a.glb', contentType: 'model/gltf-binary' },
    ...{ sizeBytes: bytes.length, createdAt },
  };
  await admitUpload(docs, asset);
  await objects.put(objectKey, bytes, type);
}

/**
 * A job with a label, as the API accepts it and its stages leave it: files by content, a stage record that names them, and
 * its events. `content` are the names of its files; jobs that share a name share the file.
 */
export async function furnishJob(
  { docs, objects, clock }: World,
  tenantId: string,
  job: { id: string; content: readonly string[]; ended: boolean },
): Promise<void> {
  const createdAt = clock.now().toISOString();
  const outputs = job.content.map((name) => ({ assetId: `ast_${job.id}_${name}`, sizeBytes: bytes.length }));
  const document = {
    ...{ id: job.id, tenantId, status: 'queued', createdAt, priceMicroUsd: 100, eventCount: 1, outputs: [] },
    request: { source: { kind: 'asset', assetId: 'ast_x' }, targets: ['web'], labels: { of: tenantId } },
    executionName: `executions/${job.id}`,
  } as unknown as JobDocument;
  const counted = usageEvent(document, { metric: 'api_call', quantity: 1 });
  await admitJob(docs, clock, document, [...usageWrites(tenantId, counted), ...jobLabelWrites(document)]);
  const files = job.content.map((name) => ({ name, key: `tenants/${tenantId}/sha256/${name}` }));
  for (const { key } of files) await objects.put(key, bytes, type);
  await docs.batch([
    { kind: 'set', path: stagePath(tenantId, `stage-${job.id}`), data: { jobId: job.id, result: { files } } },
    { kind: 'set', path: provenancePath(tenantId, job.id), data: { ...provenanceOf({ tenantId }, []) } },
  ]);
  if (!job.ended) return;
  await changeJob(docs, clock, { tenantId, jobId: job.id }, () => ({
    job: { status: 'delivered', outputs: outputs as unknown as JobDocument['outputs'] },
    events: [{ type: 'job.delivered' }],
    writes: [
      ...jobEndWrites(document, { chargedMicroUsd: 60, deliveredBytes: outputs.length * bytes.length }),
      ...files.map(({ name, key }, index) =>
        assetWrite({
          ...{ id: outputs[index]?.assetId ?? name, tenantId, kind: 'model', objectKey: key, fileName: name },
          ...{ contentType: 'model/gltf-binary', sizeBytes: bytes.length, jobId: job.id, createdAt },
        }),
      ),
      {
        kind: 'set',
        path: assetPath(tenantId, `ast_receipt_${job.id}`),
        data: { kind: 'receipt', jobId: job.id, objectKey: `tenants/${tenantId}/receipts/${job.id}` },
      },
    ],
  }));
  await objects.put(`tenants/${tenantId}/receipts/${job.id}`, bytes, type);
}

/** A tenant that has used everything once. Returns its id. */
export async function furnishTenant(world: World, name: string): Promise<string> {
  const { docs, clock } = world;
  const { tenantId } = await createApiKey(docs, { name }, clock);
  await createApiKey(docs, { name: `${name} 2`, tenantId }, clock);
  await furnishUpload(world, tenantId, `ast_${name}`);
  const webhookId = `whk_${name}`;
  await docs.set(webhookPath(tenantId, webhookId), { id: webhookId, events: ['job.delivered'], secret: 's' });
  await furnishJob(world, tenantId, { id: `job_${name}_ended`, content: ['a', 'b'], ended: true });
  await furnishJob(world, tenantId, { id: `job_${name}_runs`, content: ['b', 'c'], ended: false });
  const event = { type: 'job.delivered', jobId: `job_${name}_ended`, data: {} as never } as const;
  await docs.batch(await webhookDeliveries(docs, clock, tenantId, event));
  await claimKey(docs, clock, { tenantId, key: 'k', fingerprint: 'f' });
  await docs.batch([auditWrite(tenantId, clock, operator, { action: 'webhook.created', subject: webhookId })]);
  await refusalCounter(docs, clock)(tenantId);
  return tenantId;
}
