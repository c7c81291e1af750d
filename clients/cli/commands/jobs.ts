import type { Command } from 'commander';
import { z } from 'zod';
import { Job } from '../../../shared/schema/index.ts';
import { connect } from '../connect.ts';
import { table } from '../summary.ts';

const Jobs = z.object({ items: z.array(Job), nextCursor: z.string().optional() });

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

async function list(options: { limit: string; json?: boolean }): Promise<void> {
  const connection = await connect(process.env);
  try {
    const { items } = await connection.api.get(`/v1/jobs?limit=${Number(options.limit)}`, Jobs);
    const rows = items.map((job) => [job.id, job.status, job.createdAt, job.request.targets.join(',')]);
    if (options.json) print(items);
    else process.stdout.write(table([['job', 'status', 'created', 'targets'], ...rows]));
  } finally {
    await connection.close();
  }
}

async function one(jobId: string, act: 'show' | 'cancel'): Promise<void> {
  const connection = await connect(process.env);
  try {
    const path = `/v1/jobs/${encodeURIComponent(jobId)}`;
    print(act === 'show' ? await connection.api.get(path, Job) : await connection.api.post(`${path}:cancel`, {}, Job));
  } finally {
    await connection.close();
  }
}

export function addJobs(program: Command): void {
  const jobs = program.command('jobs').description('look at jobs, or cancel one');
  jobs
    .command('list')
    .description('newest jobs')
    .option('-n, --limit <n>', 'how many', '20')
    .option('--json', 'print JSON')
    .action(list);
  jobs
    .command('show')
    .description('one job')
    .argument('<id>')
    .action((id: string) => one(id, 'show'));
  jobs
    .command('cancel')
    .description('cancel a job')
    .argument('<id>')
    .action((id: string) => one(id, 'cancel'));
}
