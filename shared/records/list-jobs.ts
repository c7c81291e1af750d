import { derivedId } from '../ids.ts';
import type { DocQuery, DocStore, DocWrite } from '../ports/index.ts';
import type { JobDocument, JobStatus } from '../schema/index.ts';
import { jobPath } from './jobs.ts';

/** Jobs read for one page at most; a page may be shorter and still have a next one. */
const readsAtMost = 500;

const labelCollection = (tenantId: string, name: string, value: string): string =>
  `tenants/${tenantId}/jobLabels/${derivedId('lbl', name, value)}/jobs`;

/** The writes that let a job be found by each of its labels; they go into the commit that creates it. */
export function jobLabelWrites(job: Pick<JobDocument, 'tenantId' | 'id' | 'request'>): DocWrite[] {
  return Object.entries(job.request.labels ?? {}).map(([name, value]) => ({
    kind: 'create',
    path: `${labelCollection(job.tenantId, name, value)}/${job.id}`,
    data: { id: job.id },
  }));
}

export interface JobListQuery {
  readonly status?: JobStatus | undefined;
  readonly label?: readonly [name: string, value: string] | undefined;
  readonly limit: number;
  /** Continue behind this job. */
  readonly startAfter?: { readonly id: string };
}

export interface JobList {
  readonly jobs: JobDocument[];
  /** Last job that was looked at, when there may be more behind it. */
  readonly nextId?: string;
}

/** Ids sort by time. */
const newestFirst = (after: { readonly id: string } | undefined): DocQuery => ({
  ...{ orderBy: 'id', descending: true },
  ...(after ? { startAfter: { value: after.id, id: after.id } } : {}),
});

const cut = (found: readonly { id: string }[], limit: number): { nextId?: string } => {
  const last = found[limit - 1];
  return found.length > limit && last ? { nextId: last.id } : {};
};

/** Jobs with a label, found through the label’s own collection: no index on a map’s keys is needed. */
async function listByLabel(
  docs: DocStore,
  tenantId: string,
  query: JobListQuery,
  collection: string,
): Promise<JobList> {
  const jobs: JobDocument[] = [];
  let { startAfter } = query;
  for (let reads = 0; reads < readsAtMost; reads += query.limit) {
    const found = await docs.query(collection, {
      ...newestFirst(startAfter),
      limit: query.limit + 1,
    });
    const paths = found.slice(0, query.limit).map(({ id }) => jobPath(tenantId, id));
    for (const job of await docs.getAll<JobDocument>(paths)) {
      if (!job || (query.status !== undefined && job.status !== query.status)) continue;
      jobs.push(job);
      if (jobs.length === query.limit) {
        const more = found.at(-1)?.id !== job.id;
        return { jobs, ...(more ? { nextId: job.id } : {}) };
      }
    }
    const { nextId } = cut(found, query.limit);
    if (nextId === undefined) return { jobs };
    startAfter = { id: nextId };
  }
  return { jobs, ...(startAfter ? { nextId: startAfter.id } : {}) };
}

/** One page of a tenant’s jobs, newest first. */
export async function listJobs(docs: DocStore, tenantId: string, query: JobListQuery): Promise<JobList> {
  if (query.label) return listByLabel(docs, tenantId, query, labelCollection(tenantId, ...query.label));
  const ask: DocQuery = {
    ...newestFirst(query.startAfter),
    limit: query.limit + 1,
    ...(query.status === undefined ? {} : { where: [{ field: 'status', op: '==', value: query.status }] }),
  };
  const found = await docs.query<JobDocument>(`tenants/${tenantId}/jobs`, ask);
  return { jobs: found.slice(0, query.limit).map(({ data }) => data), ...cut(found, query.limit) };
}
