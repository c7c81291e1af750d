import { z } from 'zod';
import { publicJob } from '../../../shared/records/jobs.ts';
import { listJobs as readJobs } from '../../../shared/records/list-jobs.ts';
import { JobStatus } from '../../../shared/schema/index.ts';
import { JobPage } from '../api-schemas.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../cursor.ts';
import { defineRoute } from '../route.ts';

const labelPattern = /^([a-z][a-z0-9_-]{0,62}):(.{0,63})$/s;

export const listJobs = defineRoute({
  id: 'listJobs',
  method: 'GET',
  path: '/v1/jobs',
  summary: 'List jobs, newest first.',
  scope: 'jobs:read',
  query: z.strictObject({
    ...pageQuery,
    status: JobStatus.optional(),
    label: z.string().regex(labelPattern, 'must be name:value').optional().describe('Only jobs with this label.'),
  }),
  successes: [{ status: 200, description: 'One page of jobs.', schema: JobPage }],
  async handler({ deps, tenantId, query }) {
    const [, name = '', value = ''] = labelPattern.exec(query.label ?? '') ?? [];
    const { jobs, nextId } = await readJobs(deps.docs, tenantId, {
      limit: query.limit,
      status: query.status,
      ...(query.label === undefined ? {} : { label: [name, value] }),
      ...decodeCursor(query.cursor),
    });
    const next = nextId === undefined ? {} : { nextCursor: encodeCursor({ id: nextId }) };
    return { status: 200, json: { items: jobs.map(publicJob), ...next } };
  },
});
