import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createJob, eventsPath, outboxPath, readJob } from '../../shared/records/jobs.ts';
import { type JobDocument, terminalStatuses } from '../../shared/schema/index.ts';
import { type LocalMode, localMode } from '../../shared/testing/local-mode.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const home = tempFolder();
let mode: LocalMode;
beforeAll(async () => {
  mode = await localMode(home);
});
afterAll(() => mode.server.close());

/** Calls the function as a scheduler does. */
async function call(sweeps: readonly string[], token?: string): Promise<{ status: number; text: string }> {
  const { deps, url } = mode.server;
  const bearer = token ?? (await deps.identity.mint(deps.settings.functionsUrl));
  const answer = await fetch(`${url}/fn/sweep`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ sweeps }),
  });
  return { status: answer.status, text: await answer.text() };
}
const countsOf = ({ text }: { text: string }) => JSON.parse(text).sweeps.jobs.counts;

/** Writes a job that was accepted a while ago, and whose source is not there. */
async function acceptedJob(id: string, change: Partial<JobDocument> = {}): Promise<JobDocument> {
  const job: JobDocument = {
    ...{ id, tenantId: mode.tenantId, status: 'queued', priceMicroUsd: 1000, eventCount: 1 },
    createdAt: new Date(Date.now() - 60_000).toISOString(),
    request: { source: { kind: 'asset', assetId: 'ast_0123456789abcdef' }, targets: ['web'], candidates: 1 },
    ...{ results: [], outputs: [], stages: [], plans: [] },
    ...change,
  };
  await createJob(mode.server.deps.docs, job, []);
  return job;
}

test('only callers with a token for it get in', async () => {
  expect((await call(['jobs'], 'forged')).status).toBe(401);
  const foreign = await mode.server.deps.identity.mint('https://elsewhere.example');
  expect((await call(['jobs'], foreign)).status).toBe(401);
  expect(await call(['everything'])).toMatchObject({ status: 400 });
});

test('a job that was never started runs to its end through the real workflow', async () => {
  const { docs } = mode.server.deps;
  const { id, tenantId } = await acceptedJob('job_0000000000000001');
  const answer = await call(['jobs', 'webhooks']);
  expect([answer.status, countsOf(answer)]).toEqual([200, { started: 1 }]);
  let job = await readJob(docs, tenantId, id);
  while (!terminalStatuses.includes(job.status)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    job = await readJob(docs, tenantId, id);
  }
  expect([job.status, await docs.get(outboxPath(id))]).toEqual(['failed', undefined]);
});

test('a job whose execution the engine does not know ends, at the second look', async () => {
  const { docs } = mode.server.deps;
  const { id, tenantId } = await acceptedJob('job_0000000000000002', { status: 'running', executionId: 'lost' });
  expect(countsOf(await call(['jobs']))).toEqual({ doubted: 1 });
  await docs.set(outboxPath(id), { dueAt: new Date(0).toISOString() }, { merge: true });
  expect(countsOf(await call(['jobs']))).toEqual({ ended: 1 });
  expect(await readJob(docs, tenantId, id)).toMatchObject({ status: 'failed', error: { code: 'work_crashed' } });
  const events = await docs.query<{ type: string }>(eventsPath(tenantId, id));
  expect(events.map(({ data }) => data.type)).toEqual(['job.created', 'job.failed']);
});
