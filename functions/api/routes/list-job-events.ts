import { z } from 'zod';
import { AtlasError } from '../../../shared/errors.ts';
import { readJob } from '../../../shared/records/jobs.ts';
import { terminalStatuses } from '../../../shared/schema/index.ts';
import { JobEventPage, jobParams } from '../api-schemas.ts';
import { readEvents, streamEvents } from '../event-stream.ts';
import { InvalidRequest } from '../invalid-request.ts';
import { defineRoute } from '../route.ts';

/** Streams that one tenant may hold open on one instance. */
const streamsAtMost = 200;
const openStreams = new Map<string, number>();

/** Runs a stream within the tenant’s share. */
async function withinShare(tenantId: string, stream: () => Promise<void>): Promise<void> {
  openStreams.set(tenantId, (openStreams.get(tenantId) ?? 0) + 1);
  try {
    await stream();
  } finally {
    const left = (openStreams.get(tenantId) ?? 1) - 1;
    if (left > 0) openStreams.set(tenantId, left);
    else openStreams.delete(tenantId);
  }
}

/** Number of the last event that the client has, from the header that browsers send or from the query. */
function lastSeen(header: string | string[] | undefined, query: number): number {
  if (header === undefined) return query;
  if (typeof header === 'string' && /^\d{1,9}$/.test(header)) return Number(header);
  throw new InvalidRequest([{ pointer: '/headers/last-event-id', message: 'must be the id of an event' }]);
}

const wantsJson = (accept = ''): boolean =>
  accept.includes('application/json') && !accept.includes('text/event-stream');

export const listJobEvents = defineRoute({
  id: 'listJobEvents',
  method: 'GET',
  path: '/v1/jobs/{jobId}/events',
  summary: 'Follow a job: server-sent events until its last one, or one page of JSON.',
  scope: 'jobs:read',
  params: jobParams,
  query: z.strictObject({
    after: z.coerce.number().int().min(0).default(0).describe('Only events behind this number.'),
    limit: z.coerce.number().int().min(1).max(100).default(100).describe('Events on one JSON page.'),
  }),
  successes: [
    {
      status: 200,
      description: 'Events as they happen; `id` is the number of the event. With Accept: application/json, one page.',
      contentType: 'text/event-stream',
      schema: JobEventPage,
    },
    { status: 204, description: 'The client has the last event: there is nothing to reconnect for.' },
  ],
  errors: ['too_many_requests'],
  async handler({ deps, tenantId, params, query, headers }) {
    const job = await readJob(deps.docs, tenantId, params.jobId);
    const ids = { tenantId, jobId: job.id };
    const after = lastSeen(headers['last-event-id'], query.after);
    if (wantsJson(headers.accept)) {
      const items = await readEvents(deps.docs, ids, after, query.limit);
      const last = items.at(-1)?.seq ?? after;
      return { status: 200, json: { items, ...(last < job.eventCount ? { nextCursor: String(last) } : {}) } };
    }
    if (terminalStatuses.includes(job.status) && after >= job.eventCount) return { status: 204 };
    if ((openStreams.get(tenantId) ?? 0) >= streamsAtMost) {
      throw new AtlasError('too_many_requests', `At most ${streamsAtMost} event streams may be open.`);
    }
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
      stream: (res, gone) => withinShare(tenantId, () => streamEvents(deps.docs, { ...ids, after }, { res, gone })),
    };
  },
});
