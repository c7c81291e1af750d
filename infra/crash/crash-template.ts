import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planJob } from '../../functions/api/plan-job.ts';
import { localDeps } from '../../functions/deps.ts';
import { releaseLeases } from '../../shared/adapters/local/release-leases.ts';
import { readConfig } from '../../shared/config.ts';
import { newId } from '../../shared/ids.ts';
import { apiCallEvent } from '../../shared/metering/usage-event.ts';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { assetWrite, uploadKey } from '../../shared/records/assets.ts';
import { createJob } from '../../shared/records/jobs.ts';
import { usageWrites } from '../../shared/records/usage.ts';
import { type JobDocument, JobRequest } from '../../shared/schema/index.ts';
import { carelessMesh } from '../../shared/testing/careless-mesh.ts';
import type { CrashTemplate } from './crash-site.ts';

/** Triangles of the crash test’s source: enough for every stage to have work, few enough to be quick. */
const triangles = 4000;

/**
 * Makes a folder in the state right after a job was accepted: written down, in the outbox, nothing started. Every run
 * begins from a copy, so that two runs of the same job can be compared byte by byte.
 */
export async function crashTemplate(): Promise<CrashTemplate> {
  const home = mkdtempSync(join(tmpdir(), 'atlas-crash-template-'));
  const config = readConfig({ ATLAS_HOME: home });
  const deps = localDeps(config, () => undefined, { url: () => 'http://127.0.0.1:1', push: async () => undefined });
  const { tenantId } = await createApiKey(deps.docs, { name: 'crash test' }, deps.clock);
  const createdAt = deps.clock.now().toISOString();
  const assetId = newId('ast');
  const bytes = carelessMesh({ seed: 3, triangles });
  await deps.objects.put(uploadKey(tenantId, assetId), bytes, { contentType: 'application/octet-stream' });
  const asset = {
    ...{ id: assetId, tenantId, kind: 'upload' as const, objectKey: uploadKey(tenantId, assetId), createdAt },
    ...{ fileName: 'careless.glb', contentType: 'application/octet-stream', sizeBytes: bytes.byteLength },
  };
  await deps.docs.batch([assetWrite(asset)]);
  const request = JobRequest.parse({
    source: { kind: 'asset', assetId },
    targets: ['web', 'mobile-ar'],
    // Small views: what is tried here is the way of the job.
    recipe: { score: true, gate: { viewSizePx: 64 } },
  });
  const { plans, quote } = await planJob(deps, tenantId, request);
  const job: JobDocument = {
    ...{ id: newId('job'), tenantId, request, plans, createdAt, status: 'queued', eventCount: 0 },
    ...{ priceMicroUsd: quote.maxMicroUsd, results: [], outputs: [], stages: [] },
  };
  await createJob(deps.docs, job, usageWrites(tenantId, apiCallEvent(job)));
  // Whoever accepted it is gone, and has left it in the outbox.
  releaseLeases(deps.db);
  await deps.close();
  return { home, tenantId, jobId: job.id };
}
