import { newId } from '../ids.ts';
import { type Clock, type Doc, type DocStore, type DocWrite, increment } from '../ports/index.ts';
import type { AuditAction, AuditRecord, RefusedDay } from '../schema/index.ts';

const auditCollection = (tenantId: string): string => `tenants/${tenantId}/audit`;
const refusedCollection = (tenantId: string): string => `tenants/${tenantId}/refusedDays`;

/** Who does something: the holder of a key in a request, or whoever runs the installation. */
export type Actor =
  | { readonly kind: 'key'; readonly keyId: string; readonly requestId: string }
  | { readonly kind: 'operator' }
  /** Nobody: a time that somebody had is over. */
  | { readonly kind: 'deadline' };

export const operator: Actor = { kind: 'operator' };

export interface Act {
  readonly action: AuditAction;
  /** Id of what it is done to. */
  readonly subject: string;
  /** What a reader needs to know beside; never a secret. */
  readonly detail?: AuditRecord['detail'];
}

/** The record of an act; it goes into the commit of the act itself, so that there is neither without the other. */
export function auditWrite(tenantId: string, clock: Clock, actor: Actor, act: Act): DocWrite {
  const now = clock.now();
  const record: AuditRecord = {
    id: newId('aud', now),
    at: now.toISOString(),
    action: act.action,
    actor: actor.kind === 'key' ? { kind: 'key', keyId: actor.keyId } : { kind: actor.kind },
    ...(actor.kind === 'key' ? { requestId: actor.requestId } : {}),
    subject: act.subject,
    ...(act.detail ? { detail: act.detail } : {}),
  };
  return { kind: 'create', path: `${auditCollection(tenantId)}/${record.id}`, data: { ...record } };
}

/** Records, newest first, `limit` from behind `startAfter`. */
export const listAudit = (
  docs: DocStore,
  tenantId: string,
  query: { limit: number; startAfter?: { readonly id: string } },
): Promise<Doc<AuditRecord>[]> => {
  const { limit, startAfter } = query;
  return docs.query<AuditRecord>(auditCollection(tenantId), {
    ...{ orderBy: 'id', descending: true, limit },
    ...(startAfter ? { startAfter: { value: startAfter.id, id: startAfter.id } } : {}),
  });
};

/** The last days on which requests were refused, newest first. */
export async function listRefusedDays(docs: DocStore, tenantId: string, days: number): Promise<RefusedDay[]> {
  const found = await docs.query<RefusedDay>(refusedCollection(tenantId), {
    ...{ orderBy: 'day', descending: true, limit: days },
  });
  return found.map(({ data }) => data);
}

/** An attack is counted in memory and written this often at most: it must not become an attack on the store. */
const flushMs = 10_000;

/**
 * Counts refused authentications by tenant and day. The count of the last ten seconds lives in this process only and is
 * lost with it; each refusal is in the request log as well.
 */
export function refusalCounter(docs: DocStore, clock: Clock): (tenantId: string) => Promise<void> {
  const counts = new Map<string, { count: number; writtenMs: number }>();
  return async (tenantId) => {
    const now = clock.now();
    const held = counts.get(tenantId) ?? { count: 0, writtenMs: Number.NEGATIVE_INFINITY };
    held.count += 1;
    counts.set(tenantId, held);
    if (now.getTime() - held.writtenMs < flushMs) return;
    const { count } = held;
    held.count = 0;
    held.writtenMs = now.getTime();
    const day = now.toISOString().slice(0, 10);
    await docs.set(`${refusedCollection(tenantId)}/${day}`, { day, count: increment(count) }, { merge: true });
  };
}
