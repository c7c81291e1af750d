import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from '@google-cloud/functions-framework';
import type { Deps } from '../../functions/context.ts';
import { diskBucket } from '../adapters/local/disk-bucket.ts';
import { diskObjectStore } from '../adapters/local/disk-object-store.ts';
import { fileSecrets } from '../adapters/local/file-secrets.ts';
import { fileSigner } from '../adapters/local/file-signer.ts';
import { openSqlite } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import { AtlasError } from '../errors.ts';
import { apiCallEvent } from '../metering/usage-event.ts';
import { createJob } from '../records/jobs.ts';
import { usageWrites } from '../records/usage.ts';
import type { JobDocument, StageAnswer, StageCommand } from '../schema/index.ts';
import { type KeptTelemetry, keptTelemetry } from './kept-telemetry.ts';
import { manualClock } from './manual-clock.ts';

const tenantId = 'ten_0123456789abcdef';
const executionId = 'execution-1';

/** Where an event function runs in a test: real stores in a temporary folder, and a workflow that takes its answers. */
export interface StagePlace {
  readonly deps: Deps;
  readonly tenantId: string;
  readonly clock: ReturnType<typeof manualClock>;
  /** What the workflow’s callbacks were told, in order. */
  readonly answers: StageAnswer[];
  /** Switch that makes the workflow engine refuse answers. */
  readonly broken: { callback: boolean };
  readonly published: { topic: string; data: string }[];
  readonly logged: string[];
  readonly kept: KeptTelemetry;
  /** Writes a running job that the test’s execution owns, as the API and the claim would. */
  job(number: number, change?: Partial<JobDocument>): Promise<JobDocument>;
  /** The bus message of a command. */
  event(command: Partial<StageCommand> & { jobId: string }, deliveryAttempt?: number): CloudEvent<unknown>;
  close(): void;
}

const unused = (): never => {
  throw new Error('the test does not expect this port to be used');
};

export const sourceAssetId = 'ast_0123456789abcdef';

function newJob(number: number, createdAt: string, change: Partial<JobDocument>): JobDocument {
  return {
    id: `job_${String(number).padStart(16, '0')}`,
    tenantId,
    status: 'running',
    request: { source: { kind: 'asset', assetId: sourceAssetId }, targets: ['web'], candidates: 1 },
    priceMicroUsd: 1_000_000,
    createdAt,
    results: [],
    outputs: [],
    stages: [],
    plans: [],
    executionId,
    eventCount: 1,
    ...change,
  };
}

export function stagePlace(): StagePlace {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-stage-'));
  const db = openSqlite(join(folder, 'atlas.db'));
  const clock = manualClock();
  const answers: StageAnswer[] = [];
  const broken = { callback: false };
  const url = 'https://atlas.example';
  const published: StagePlace['published'] = [];
  const logged: string[] = [];
  const kept = keptTelemetry();
  const deps: Deps = {
    docs: sqliteDocStore(db),
    objects: diskObjectStore(diskBucket(join(folder, 'objects'))),
    bus: { publish: async (topic, { data }) => String(published.push({ topic, data })) },
    workflows: {
      start: unused,
      cancel: unused,
      state: unused,
      nameOf: unused,
      async answer(_url, answer) {
        if (broken.callback) throw new AtlasError('callback_failed', 'The workflow engine answered 503.');
        answers.push(answer as StageAnswer);
      },
    },
    engine: { run: unused, close: async () => undefined },
    identity: { mint: async () => 'token', verify: unused },
    signer: fileSigner(join(folder, 'key.pem')),
    secrets: fileSecrets(join(folder, 'secrets')),
    outbound: { check: unused, post: unused },
    clock,
    telemetry: kept.telemetry,
    log: (severity, message, fields) => logged.push(`${severity} ${message} ${JSON.stringify(fields)}`),
    settings: { publicUrl: url, functionsUrl: url, project: 'test', webhookHostsAllowed: [] },
  };
  return {
    ...{ deps, tenantId, clock, answers, broken, published, logged, kept },
    async job(number, change = {}) {
      const job = newJob(number, clock.now().toISOString(), change);
      await createJob(deps.docs, job, usageWrites(tenantId, apiCallEvent(job)));
      return job;
    },
    event: (command, deliveryAttempt = 1) => {
      const whole = {
        tenantId,
        executionId,
        stage: 'dispatch',
        target: null,
        callbackUrl: `${url}/callback`,
        input: {},
        ...command,
      };
      const data = Buffer.from(JSON.stringify(whole)).toString('base64');
      return { id: 'message-1', data: { message: { data }, deliveryAttempt } } as unknown as CloudEvent<unknown>;
    },
    close() {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
