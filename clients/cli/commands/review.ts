import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { sha256Hex } from '../../../shared/ids.ts';
import { Job, ReviewCase, type ReviewFile, type ReviewRequest } from '../../../shared/schema/index.ts';
import { ApiFailure } from '../api-client.ts';
import { withApi } from '../connect.ts';
import { table } from '../summary.ts';
import { writeWhole } from '../write-pictures.ts';

const Jobs = z.object({ items: z.array(Job), nextCursor: z.string().optional() });
const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
const pathOf = (jobId: string): string => `/v1/jobs/${encodeURIComponent(jobId)}/review`;

const list = ({ json, limit }: { json?: boolean; limit: string }): Promise<void> =>
  withApi(async (api) => {
    const { items } = await api.get(`/v1/jobs?status=needs_review&limit=${Number(limit)}`, Jobs);
    const rows = items.map(({ id, review, results, request }) => [
      ...[id, review?.dueAt ?? '', (review?.targets ?? request.targets).join(',')],
      results.flatMap(({ verdict, reasons }) => (verdict === 'needs_review' ? reasons : []))[0] ?? '',
    ]);
    if (json) print(items);
    else process.stdout.write(table([['job', 'refused after', 'targets', 'why'], ...rows]));
  });

const endings: Record<string, string> = {
  'model/gltf-binary': 'glb',
  'application/json': 'json',
  'text/html; charset=utf-8': 'html',
  'image/webp': 'webp',
};

/** Whatever a name holds, its file stays in the folder. */
const plainName = (name: string): string => name.replace(/[^\w-]+/g, '-');

async function fetchFile(target: string, file: ReviewFile, out: string): Promise<string> {
  const response = await fetch(file.url);
  if (!response.ok) throw new ApiFailure(`${file.name} cannot be fetched: the server answered ${response.status}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (sha256Hex(bytes) !== file.sha256) throw new ApiFailure(`${file.name} arrived with other bytes than it has.`);
  const path = join(out, target, `${plainName(file.name)}.${endings[file.contentType] ?? 'bin'}`);
  await writeWhole(path, bytes);
  return path;
}

const show = (jobId: string, { json, out }: { json?: boolean; out?: string }): Promise<void> =>
  withApi(async (api) => {
    const found = await api.get(pathOf(jobId), ReviewCase);
    for (const { target, files } of out === undefined ? [] : found.targets) {
      await mkdir(join(out!, target), { recursive: true });
      for (const file of files) await fetchFile(target, file, out!);
    }
    if (json) {
      print(found);
      return;
    }
    const { dueAt, decided } = found.review;
    const state = decided
      ? `${decided.decision}d by ${decided.by} at ${decided.at}: ${decided.reason}`
      : `open until ${dueAt}`;
    process.stdout.write(`Review    ${jobId}: ${state}\n`);
    for (const { target, reasons, files } of found.targets) {
      process.stdout.write(
        `Target    ${target}: ${files.length} files${out === undefined ? '' : ` in ${join(out, target)}`}\n`,
      );
      for (const reason of reasons) process.stdout.write(`          · ${reason}\n`);
    }
  });

/** A decision is carried out within seconds; this command may be the very process that does it. */
const patienceMs = 60_000;
const pollMs = 200;

const decide = (
  jobId: string,
  decision: ReviewRequest['decision'],
  { reason, json }: { reason: string; json?: boolean },
): Promise<void> =>
  withApi(async (api) => {
    let job = await api.post(pathOf(jobId), { decision, reason }, Job, randomUUID());
    for (const giveUpAt = Date.now() + patienceMs; job.status === 'needs_review' && Date.now() < giveUpAt; ) {
      await sleep(pollMs);
      job = await api.job(jobId);
    }
    if (json) print(job);
    else if (job.status === 'needs_review')
      process.stdout.write(`Job ${jobId}: decided; it is still being carried out.\n`);
    else process.stdout.write(`Job ${jobId}: ${job.status}, charged ${(job.chargedMicroUsd ?? 0) / 1e6} USD.\n`);
  });

export function addReview(program: Command): void {
  const review = program.command('review').description('decide what the gate leaves to a person');
  review
    .command('list')
    .description('jobs that wait for a decision, newest first')
    .option('-n, --limit <n>', 'how many', '20')
    .option('--json', 'print JSON')
    .action(list);
  review
    .command('show')
    .description('what a job is to be judged by')
    .argument('<id>')
    .option('-o, --out <dir>', 'fetch files, reports and pictures into a folder')
    .option('--json', 'print JSON')
    .action(show);
  for (const [decision, text] of [
    ['approve', 'deliver and charge it'],
    ['refuse', 'reject it: nothing more is delivered or charged'],
  ] as const) {
    review
      .command(decision)
      .description(text)
      .argument('<id>')
      .requiredOption('-r, --reason <text>', 'why; it is signed into the receipt')
      .option('--json', 'print JSON')
      .action((id: string, options: { reason: string; json?: boolean }) => decide(id, decision, options));
  }
}
