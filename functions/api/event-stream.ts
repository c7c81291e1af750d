import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { eventsPath } from '../../shared/records/jobs.ts';
import { type JobEvent, terminalStatuses } from '../../shared/schema/index.ts';
import type { ApiDeps } from './route.ts';

/** Proxies cut a connection that is silent for a minute or less. */
const heartbeatMs = 15_000;
/** A stream ends after this time even while the job goes on; the client comes back with Last-Event-ID. */
const lifetimeMs = 30 * 60_000;
const eventsPerRead = 100;

export const isLastEvent = ({ type }: JobEvent): boolean => terminalStatuses.some((status) => type === `job.${status}`);

/** Events of a job behind number `after`, oldest first. */
export async function readEvents(
  docs: ApiDeps['docs'],
  ids: { tenantId: string; jobId: string },
  after: number,
  limit = eventsPerRead,
): Promise<JobEvent[]> {
  const found = await docs.query<JobEvent>(eventsPath(ids.tenantId, ids.jobId), {
    where: [{ field: 'seq', op: '>', value: after }],
    orderBy: 'seq',
    limit,
  });
  return found.map(({ data }) => data);
}

const frame = (event: JobEvent): string => `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

async function write(res: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  if (!res.write(text)) await once(res, 'drain', { signal: gone }).catch(() => undefined);
}

/** Says when something may have changed: a bell that keeps ringing until it is heard. */
function bell(gone: AbortSignal) {
  let rung = false;
  let wake = (): void => undefined;
  return {
    ring: () => {
      rung = true;
      wake();
    },
    /** Resolves at the next ring, after `timeoutMs`, or when the client is gone; true if it rang. */
    heard: (timeoutMs: number) =>
      new Promise<boolean>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          gone.removeEventListener('abort', done);
          resolve(rung);
          rung = false;
        };
        const timer = setTimeout(done, timeoutMs);
        wake = done;
        gone.addEventListener('abort', done);
        if (rung || gone.aborted) done();
      }),
  };
}

/**
 * Writes a job’s events as server-sent events (WHATWG HTML, section 9.2) until its last one, then returns. That a review
 * is asked for is the last one only until it is decided. Events come
 * from the store, in order and without gaps; the store’s watch only says when to look, and a heartbeat looks as well.
 */
export async function streamEvents(
  docs: ApiDeps['docs'],
  request: { tenantId: string; jobId: string; after: number },
  client: { res: ServerResponse; gone: AbortSignal },
  times = { heartbeatMs, lifetimeMs },
): Promise<void> {
  const { res, gone } = client;
  const news = bell(gone);
  const stop = docs.watch(`${eventsPath(request.tenantId, request.jobId)}/`, news.ring);
  const endMs = performance.now() + times.lifetimeMs;
  let { after } = request;
  let isOver = false;
  try {
    await write(res, 'retry: 2000\n\n', gone);
    while (!gone.aborted && performance.now() < endMs) {
      const events = await readEvents(docs, request, after);
      for (const event of events) {
        await write(res, frame(event), gone);
        after = event.seq;
        isOver = isLastEvent(event);
      }
      if (events.length === eventsPerRead) continue;
      if (isOver) return;
      if (!(await news.heard(times.heartbeatMs))) await write(res, ': still here\n\n', gone);
    }
  } finally {
    stop();
  }
}
