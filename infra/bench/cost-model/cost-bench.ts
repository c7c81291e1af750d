import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { apiClient } from '../../../clients/cli/api-client.ts';
import { registerFunctions } from '../../../functions/index.ts';
import { readConfig } from '../../../shared/config.ts';
import { createApiKey } from '../../../shared/records/api-keys.ts';
import { Job } from '../../../shared/schema/index.ts';
import { startLocalServer } from '../../local/server.ts';
import { median, round } from '../measure.ts';
import { rawFile } from '../raw-file.ts';
import { billableSteps } from './billable-steps.ts';
import { type CostLine, costOfJob, type JobCounts, type Pressure, pressures } from './cost-of-job.ts';
import { countOperations, type Operations } from './count-operations.ts';
import { googlePrices } from './google-prices.ts';

export interface CostResult {
  readonly source: string;
  readonly counts: JobCounts;
  readonly lines: CostLine[];
  readonly usd: number;
  readonly rates: { readonly jobsPerHour: number; readonly pressures: Pressure[] }[];
}

const targets = ['web', 'mobile-ar'];
const storedDays = 30;
const rates = [10, 1000, 100_000];
const none = (): Operations => ({
  ...{ documentReads: 0, documentWrites: 0, messages: 0, objectWrites: 0, objectReads: 0, storedBytes: 0 },
});
const middle = (list: readonly number[]): number => round(median(list), 3);

/** Runs jobs through the chain, each in an empty folder, and counts what Google would bill for one. */
async function countJob(source: string): Promise<JobCounts> {
  const home = mkdtempSync(join(tmpdir(), 'atlas-cost-'));
  const count = none();
  const config = readConfig({ ATLAS_HOME: home, ATLAS_PORT: '0', ATLAS_THREADS: '1' });
  const server = await startLocalServer(
    config,
    () => undefined,
    (deps) => registerFunctions(countOperations(deps, count)),
  );
  try {
    const { key } = await createApiKey(server.deps.docs, { name: 'cost' }, server.deps.clock);
    const api = apiClient({ url: server.url, key });
    const bytes = readFileSync(source);
    const assetId = await api.upload({ fileName: basename(source), sizeBytes: bytes.byteLength }, bytes);
    const created = await api.post('/v1/jobs', { source: { kind: 'asset', assetId }, targets }, Job);
    for await (const _ of api.events(created.id, new AbortController().signal)) {
      // The stream ends with the job.
    }
    const job = await api.job(created.id);
    if (job.status !== 'delivered') throw new Error(`the job ended as ${job.status}`);
    const steps = billableSteps(parse(readFileSync('dist/workflows/produce-asset.yaml', 'utf8')), targets.length);
    return {
      ...count,
      ...steps,
      // The workflow publishes the stage commands: a message and a request each, and the claim is one more request.
      messages: count.messages + steps.stageCalls,
      requests: steps.stageCalls + 1 + apiRequests,
      stageSeconds: job.stages.reduce((sum, { ms }) => sum + ms / 1000, 0),
      objectWrites: count.objectWrites + 1,
      storedBytes: count.storedBytes + bytes.byteLength,
      deliveredBytes: job.outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      scoreSeconds: 0,
    };
  } finally {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Upload, job, events, state, and one signed URL for each of eight files. */
const apiRequests = 12;

export async function costBench(rounds: number): Promise<CostResult> {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-cost-source-'));
  try {
    const source = rawFile(folder);
    const runs: JobCounts[] = [];
    for (let i = 0; i < rounds; i++) runs.push(await countJob(source));
    const names = Object.keys(runs[0] ?? {}) as (keyof JobCounts)[];
    const counts = Object.fromEntries(
      names.map((name) => [name, middle(runs.map((run) => run[name]))]),
    ) as never as JobCounts;
    const lines = costOfJob(counts, storedDays);
    return {
      ...{ source: basename(source), counts, lines },
      usd: lines.reduce((sum, { usd }) => sum + usd, 0),
      rates: rates.map((jobsPerHour) => ({ jobsPerHour, pressures: pressures(counts, jobsPerHour) })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const percent = ({ used, most }: Pressure): string => `${round((used / most) * 100, 1)} %`;

/** The result as Markdown. */
export function costTable({ source, lines, usd, rates: all }: CostResult): string {
  const perHour = (jobs: number): string => (usd * jobs).toFixed(jobs * usd < 10 ? 3 : 0);
  return [
    `### Cost of one job on Google Cloud, from counted operations and list prices (${source}, ${targets.join(' and ')})`,
    '',
    '| what | quantity | USD | source of the price |',
    '| --- | ---: | ---: | --- |',
    ...lines
      .sort((a, b) => b.usd - a.usd)
      .map(({ price, quantity, usd: cost }) => {
        const { unit, source: from, read } = googlePrices[price];
        return `| ${unit} | ${round(quantity, 4)} | ${cost.toFixed(7)} | ${from} (${read}) |`;
      }),
    `| **one job**, files kept ${storedDays} days, downloaded once | | **${usd.toFixed(5)}** | |`,
    '',
    '| jobs an hour | USD an hour | tightest limits, and how much of each is used |',
    '| ---: | ---: | --- |',
    ...all.map(({ jobsPerHour, pressures: list }) => {
      const first = list
        .slice(0, 3)
        .map((one) => `${one.limit}: ${percent(one)}${one.used > one.most ? `; ${one.answer}` : ''}`);
      return `| ${jobsPerHour} | ${perHour(jobsPerHour)} | ${first.join('<br>')} |`;
    }),
    '',
  ].join('\n');
}
