import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { sha256Hex } from '../../shared/ids.ts';
import {
  Job,
  type JobEvent,
  type JobOutput,
  type JobRequest,
  ReceiptEnvelope,
  type TargetResult,
  UsageEvent,
} from '../../shared/schema/index.ts';
import { type ApiClient, ApiFailure } from './api-client.ts';
import { readSourceFile } from './read-source-file.ts';
import { writeWhole } from './write-pictures.ts';

export interface ProduceOptions {
  readonly file: string;
  readonly request: Omit<JobRequest, 'source'>;
  readonly out: string;
  readonly onEvent: (event: JobEvent) => void;
  readonly signal: AbortSignal;
}

/** The one document that `--json` prints. */
export interface ProduceResult {
  readonly jobId: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly source: Job['source'] | { fileName: string };
  readonly outputs: (Omit<JobOutput, 'assetId' | 'fileName'> & { path: string })[];
  readonly reports: (Pick<TargetResult, 'target' | 'verdict' | 'reasons' | 'rounds'> & {
    path: string | null;
    page: string | null;
  })[];
  readonly receipt: string | null;
  readonly usage: UsageEvent[];
  readonly stages: Job['stages'];
  readonly error: Job['error'] | null;
  readonly durationMs: number;
}

const UsagePage = z.object({ items: z.array(UsageEvent), nextCursor: z.string().optional() });

async function fetchOutput(api: ApiClient, output: JobOutput, out: string): Promise<string> {
  const bytes = await api.download(output.assetId);
  if (sha256Hex(bytes) !== output.sha256) {
    throw new ApiFailure(`${output.fileName} arrived with other bytes than the job names. Run the command again.`);
  }
  const path = join(out, output.fileName);
  await writeWhole(path, bytes);
  return path;
}

async function fetchReceipt(api: ApiClient, jobId: string, out: string, base: string): Promise<string> {
  const path = join(out, `${base}.receipt.json`);
  await writeWhole(path, `${JSON.stringify(ReceiptEnvelope.parse(await api.receipt(jobId)), null, 2)}\n`);
  return path;
}

/** Follows a job to its end; cancels it when the caller gives up. */
async function follow(api: ApiClient, jobId: string, options: ProduceOptions): Promise<Job> {
  try {
    for await (const event of api.events(jobId, options.signal)) options.onEvent(event);
  } finally {
    if (options.signal.aborted) await api.post(`/v1/jobs/${jobId}:cancel`, {}, Job).catch(() => undefined);
  }
  return api.job(jobId);
}

/** Where the report of a target lies as a page for people; null when there is none. */
function pageOf({ outputs }: Job, target: string, paths: ReadonlyMap<string, string>): string | null {
  const page = outputs.find((one) => one.target === target && one.role === 'report' && one.format === 'html');
  return (page && paths.get(page.assetId)) ?? null;
}

/** Uploads the file, runs the job and brings everything that was delivered into `out`. */
export async function produce(api: ApiClient, options: ProduceOptions): Promise<ProduceResult> {
  const startedMs = performance.now();
  const source = await readSourceFile(options.file);
  const assetId = await api.upload({ fileName: source.fileName, sizeBytes: source.sizeBytes }, source.content);
  const request = { ...options.request, source: { kind: 'asset', assetId } };
  const created = await api.post('/v1/jobs', request, Job, randomUUID());
  const job = await follow(api, created.id, options);
  await mkdir(options.out, { recursive: true });
  const paths = new Map<string, string>();
  await Promise.all(
    job.outputs.map(async (output) => paths.set(output.assetId, await fetchOutput(api, output, options.out))),
  );
  const base = basename(source.fileName).replace(/\.[^.]*$/, '');
  const receipt = job.receiptAssetId ? await fetchReceipt(api, job.id, options.out, base) : null;
  const usage = await api.get(`/v1/usage/events?jobId=${job.id}`, UsagePage);
  return {
    jobId: job.id,
    status: job.status,
    verdict: job.verdict ?? null,
    source: job.source ?? { fileName: source.fileName },
    outputs: job.outputs
      .filter(({ role }) => role !== 'report')
      .map(({ assetId: id, fileName: _, ...facts }) => ({ ...facts, path: paths.get(id) ?? '' })),
    reports: job.results.map(({ target, verdict, reasons, rounds, reportAssetId }) => ({
      ...{ target, verdict, reasons, ...(rounds ? { rounds } : {}) },
      path: (reportAssetId && paths.get(reportAssetId)) ?? null,
      page: pageOf(job, target, paths),
    })),
    receipt,
    usage: usage.items,
    stages: job.stages,
    error: job.error ?? null,
    durationMs: Math.round(performance.now() - startedMs),
  };
}

/** 0 delivered, 2 rejected by the gate, 1 anything else. */
export function exitCodeOf(result: ProduceResult): number {
  if (result.status === 'delivered') return 0;
  return result.status === 'rejected' || result.status === 'needs_review' ? 2 : 1;
}
