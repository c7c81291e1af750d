import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudEvent, cloudEvent, http } from '@google-cloud/functions-framework';
import { expect } from '@jest/globals';
import { type ApiClient, apiClient } from '../../../clients/cli/api-client.ts';
import { apiHandler } from '../../../functions/api/api.ts';
import { claimFunction } from '../../../functions/claim/claim.ts';
import type { Deps } from '../../../functions/context.ts';
import type { LocalDeps } from '../../../functions/deps.ts';
import { stageFunction } from '../../../functions/event-function.ts';
import { registerFunctions } from '../../../functions/index.ts';
import { settleFunction } from '../../../functions/settle/settle.ts';
import { type Config, readConfig } from '../../../shared/config.ts';
import { createApiKey } from '../../../shared/records/api-keys.ts';
import { eventsPath } from '../../../shared/records/jobs.ts';
import { readLimits } from '../../../shared/records/quotas.ts';
import { readUsageTotals } from '../../../shared/records/usage.ts';
import {
  type AssetDocument,
  Job,
  type JobDocument,
  type JobEvent,
  type JobStatus,
  terminalStatuses,
} from '../../../shared/schema/index.ts';
import { type EmptyStageName, emptyStage, emptyStageNames } from '../../../shared/testing/empty-stages.ts';
import { emulatorEnvironment } from '../../../shared/testing/emulators.ts';
import { uploadBytes } from '../../../shared/testing/local-mode.ts';
import type { Clock } from '../../../workflows/local/clock.ts';
import { type LocalServer, startLocalServer } from '../../local/server.ts';

export type StageName = EmptyStageName | 'settle';
export type Handler = (event: CloudEvent<unknown>) => Promise<void>;

/** A server on the emulators with empty stages, in a project of its own, and what a test asks of it. */
export interface FaultPlace {
  readonly server: LocalServer;
  readonly config: Config;
  readonly api: ApiClient;
  readonly key: string;
  readonly tenantId: string;
  readonly logged: { severity: string; message: string; fields: unknown }[];
  /** A job as it is posted. */
  readonly request: unknown;
  post(count: number): Promise<string[]>;
  /** Waits until these jobs have ended. */
  ended(ids: readonly string[]): Promise<void>;
  /** Every document of the tenant that a message may change. */
  snapshot(): Promise<unknown>;
  close(): Promise<void>;
}

/** Waits until it holds. @throws Error with `what` when it does not within a minute and a half */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const giveUpAt = Date.now() + 90_000; !(await holds()); await sleep(50)) {
    if (Date.now() > giveUpAt) throw new Error(`this did not come to pass: ${what}`);
  }
}

/** A clock by which the waits of workflows pass so many times faster; nothing else goes by it. */
export function fastClock(times: number): Clock {
  const startMs = Date.now();
  return {
    now: () => startMs + (Date.now() - startMs) * times,
    at(due, callback) {
      const timer = setTimeout(callback, Math.max(0, (due - startMs) / times - (Date.now() - startMs)));
      return () => clearTimeout(timer);
    },
  };
}

/** How the functions are put together for a test. */
export interface Faults {
  /** The ports of each instance of the functions; instances take turns. One with the server’s own when absent. */
  readonly instances?: (deps: LocalDeps) => readonly Deps[];
  /** Stands between the bus and a stage’s function. */
  readonly between?: (name: StageName, handle: Handler) => Handler;
  /** Runs where a stage’s work would be. */
  readonly during?: (name: EmptyStageName, job: JobDocument) => Promise<void>;
  readonly workflowClock?: Clock;
  readonly environment?: Record<string, string>;
}

/** One of several in turn. */
function inTurn<A extends unknown[], R>(handlers: readonly ((...args: A) => R)[]): (...args: A) => R {
  let next = 0;
  return (...args) => {
    const handler = handlers[next++ % handlers.length];
    if (!handler) throw new Error('there is no instance');
    return handler(...args);
  };
}

/** Registers the functions of all instances, the stages empty and behind the faults. */
export function registerWith(
  instances: readonly Deps[],
  { between = (_name, handle) => handle, during }: Faults,
): void {
  http('api', inTurn(instances.map(apiHandler)));
  http('claim', inTurn(instances.map(claimFunction)));
  for (const name of emptyStageNames) {
    const handlers = instances.map((deps) => stageFunction(deps, emptyStage(name, during)));
    cloudEvent(name, between(name, inTurn(handlers)));
  }
  cloudEvent('settle', between('settle', inTurn(instances.map(settleFunction))));
}

let places = 0;

/** Starts a server whose functions meet these faults. Close it when done. */
export async function faultPlace(faults: Faults = {}): Promise<FaultPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-faults-'));
  const logged: FaultPlace['logged'] = [];
  const project = `atlas-faults-${process.pid}-${Date.now()}-${places++}`;
  const config = readConfig(
    emulatorEnvironment(join(folder, 'home'), { GOOGLE_CLOUD_PROJECT: project, ...faults.environment }),
  );
  const server = await startLocalServer(
    config,
    (severity, message, fields) => void logged.push({ severity, message, fields }),
    (deps) => {
      registerFunctions(deps);
      registerWith(faults.instances?.(deps) ?? [deps], faults);
    },
    faults.workflowClock,
  );
  const { docs, clock } = server.deps;
  const { key, tenantId } = await createApiKey(docs, { name: 'faults' }, clock);
  const api = apiClient({ url: server.url, key });
  const assetId = await uploadBytes(api, 'empty.glb', Buffer.from('nothing'));
  const request = { source: { kind: 'asset', assetId }, targets: ['web'] };
  const jobs = `tenants/${tenantId}/jobs`;
  return {
    ...{ server, config, api, key, tenantId, logged, request },
    post: (count) =>
      Promise.all(Array.from({ length: count }, async () => (await api.post('/v1/jobs', request, Job)).id)),
    ended: (ids) =>
      until('all jobs have ended', async () => {
        const found = await docs.getAll<JobDocument>(ids.map((id) => `${jobs}/${id}`));
        return found.every((job) => job && terminalStatuses.includes(job.status));
      }),
    async snapshot() {
      const collections = ['jobs', 'usage', 'usageDays', 'assets', 'stages', 'provenance'];
      const all = await Promise.all(collections.map((name) => docs.query(`tenants/${tenantId}/${name}`)));
      const events = (all[0] ?? []).map(({ id }) => docs.query(eventsPath(tenantId, id)));
      return [all, await Promise.all(events)];
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Usage events and micro-USD of a job of one small file and one target. */
const deliveredJob = { api_call: [1, 500], processing: [3, 3000], delivered_asset: [1, 60_000] } as const;
/** It failed after dispatch: work that led to nothing is listed and free. */
const failedJob = { api_call: [1, 500], processing: [1, 0], delivered_asset: [0, 0] } as const;

export interface Expected {
  readonly delivered: readonly string[];
  readonly failed?: readonly string[];
}

/**
 * Insists that of these jobs and no others each ended once, with one receipt that says what was charged, that the sums of
 * usage are exactly theirs, and that no counter still holds anything.
 */
export async function expectExact(place: FaultPlace, { delivered, failed = [] }: Expected): Promise<void> {
  const { docs } = place.server.deps;
  const tenant = `tenants/${place.tenantId}`;
  const jobs = await docs.query<JobDocument>(`${tenant}/jobs`);
  const idsOf = (status: JobStatus) => jobs.filter(({ data }) => data.status === status).map(({ id }) => id);
  expect(idsOf('delivered').sort()).toEqual([...delivered].sort());
  expect(idsOf('failed').sort()).toEqual([...failed].sort());
  expect(jobs).toHaveLength(delivered.length + failed.length);
  const charged = new Map<string, number>();
  for (const { id, data } of jobs) {
    const receipts = await docs.query<AssetDocument>(`${tenant}/assets`, {
      where: [{ field: 'jobId', op: '==', value: id }],
    });
    expect(receipts.filter(({ data: asset }) => asset.kind === 'receipt')).toHaveLength(1);
    expect(await place.server.deps.objects.list(`${tenant}/receipts/${id}/`)).toHaveLength(1);
    const events = await docs.query<JobEvent>(eventsPath(place.tenantId, id));
    expect(events.filter(({ data: { type } }) => type === `job.${data.status}`)).toHaveLength(1);
    expect(data.stages.length).toBe(new Set(data.stages.map(({ name, target }) => `${name} ${target}`)).size);
    const day = data.createdAt.slice(0, 10);
    charged.set(day, (charged.get(day) ?? 0) + (data.chargedMicroUsd ?? Number.NaN));
  }
  const totals = await readUsageTotals(docs, place.tenantId, { from: '2020-01-01', to: '2999-01-01' });
  for (const metric of ['api_call', 'processing', 'delivered_asset'] as const) {
    const mine = totals.filter((total) => total.metric === metric);
    const sum = (field: 'events' | 'amountMicroUsd') => mine.reduce((all, total) => all + total[field], 0);
    const expected = (column: 0 | 1) =>
      delivered.length * deliveredJob[metric][column] + failed.length * failedJob[metric][column];
    expect([metric, sum('events'), sum('amountMicroUsd')]).toEqual([metric, expected(0), expected(1)]);
  }
  for (const [day, microUsd] of charged) {
    const ofDay = totals.filter((total) => total.day === day);
    expect(ofDay.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0)).toBe(microUsd);
    const noon = { now: () => new Date(`${day}T12:00:00.000Z`) };
    const { concurrentJobs, spendMicroUsdPerDay } = await readLimits(docs, noon, place.tenantId, 0);
    expect([concurrentJobs.used, spendMicroUsdPerDay.used]).toEqual([0, microUsd]);
  }
  expect(await docs.query('jobOutbox')).toEqual([]);
}
