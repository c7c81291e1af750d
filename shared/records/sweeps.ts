import { newId } from '../ids.ts';
import type { Clock, DocStore } from '../ports/index.ts';
import type { TenantDocument } from '../schema/index.ts';

/** What a sweep did in one call. */
export interface SweepCounts {
  /** How often it did what, by names of its own. */
  readonly counts: Readonly<Record<string, number>>;
  /** True when its time was over before its work was: the next call goes on. */
  readonly more: boolean;
}

/** True when the time of this call is used up. Asked between steps, each of which may be the last. */
export type IsOver = () => boolean;

/** For callers whose time is not bounded. */
export const never: IsOver = () => false;

/** How far a sweep over all tenants has come, and who is at it. */
interface Progress {
  readonly holder?: string;
  readonly leaseUntilMs?: number;
  /** The last tenant that is done in this pass; absent between passes. */
  readonly after?: string;
  readonly nextPassAtMs?: number;
}

const progressPath = (sweep: string): string => `sweeps/${sweep}`;
/** Longer than any call lives. */
const leaseMs = 600_000;

/** Takes the sweep’s lease; undefined when another has it. */
function takeLease(docs: DocStore, clock: Clock, sweep: string, holder: string): Promise<Progress | undefined> {
  return docs.transaction(async (tx) => {
    const before = (await tx.get<Progress>(progressPath(sweep))) ?? {};
    const nowMs = clock.now().getTime();
    if ((before.leaseUntilMs ?? 0) > nowMs) return undefined;
    tx.set(progressPath(sweep), { ...before, holder, leaseUntilMs: nowMs + leaseMs });
    return before;
  });
}

/** Gives the lease back with what was reached, unless it has run out and another has taken it. */
function giveBack(docs: DocStore, sweep: string, holder: string, reached: Progress): Promise<void> {
  return docs.transaction(async (tx) => {
    const now = await tx.get<Progress>(progressPath(sweep));
    if (now?.holder === holder) tx.set(progressPath(sweep), { ...reached });
  });
}

/**
 * Does what only one process may do at a time.
 *
 * @param body - gets what was reached before and tells `keep` what is reached since, which is written down even if it throws.
 * @returns false when another process is at it.
 */
async function alone(
  { docs, clock }: { readonly docs: DocStore; readonly clock: Clock },
  sweep: string,
  body: (before: Progress, keep: (reached: Progress) => void) => Promise<void>,
): Promise<boolean> {
  const holder = newId('hld');
  const before = await takeLease(docs, clock, sweep, holder);
  if (!before) return false;
  const { after, nextPassAtMs } = before;
  let reached: Progress = {
    ...(after === undefined ? {} : { after }),
    ...(nextPassAtMs === undefined ? {} : { nextPassAtMs }),
  };
  try {
    await body(reached, (next) => {
      reached = next;
    });
  } finally {
    await giveBack(docs, sweep, holder, reached);
  }
  return true;
}

/** Runs `body` unless another process runs the same sweep now; returns whether it ran. */
export const runAlone = (
  stores: { readonly docs: DocStore; readonly clock: Clock },
  sweep: string,
  body: () => Promise<void>,
): Promise<boolean> => alone(stores, sweep, () => body());

const pageSize = 100;

export interface Walk {
  readonly sweep: string;
  /** From the beginning of one pass to the next. */
  readonly everyMs: number;
  readonly isOver: IsOver;
  /** Deals with one tenant; false when there is more to do for it. */
  visit(tenant: TenantDocument): Promise<boolean>;
}

/**
 * Goes through all tenants, as far as the time of this call reaches; the next call goes on behind the last one that was
 * done. Between passes a call costs one read. A tenant that fails does not keep the others waiting: what it threw is thrown
 * at the end.
 */
export async function walkTenants(
  stores: { readonly docs: DocStore; readonly clock: Clock },
  { sweep, everyMs, isOver, visit }: Walk,
): Promise<{ tenants: number; more: boolean }> {
  const { docs, clock } = stores;
  const startMs = clock.now().getTime();
  const known = (await docs.get<Progress>(progressPath(sweep))) ?? {};
  if (known.after === undefined && (known.nextPassAtMs ?? 0) > startMs) return { tenants: 0, more: false };
  const failures: unknown[] = [];
  let tenants = 0;
  let more = false;
  await alone(stores, sweep, async ({ after: from }, keep) => {
    let after = from;
    for (;;) {
      const page = await docs.query<TenantDocument>('tenants', {
        limit: pageSize,
        ...(after === undefined ? {} : { startAfter: { id: after } }),
      });
      for (const { id, data } of page) {
        more = isOver() || !(await visit(data).catch((error: unknown) => failures.push(error) > 0));
        if (more) return;
        after = id;
        tenants += 1;
        keep({ after });
      }
      if (page.length < pageSize) break;
    }
    keep({ nextPassAtMs: startMs + everyMs });
  });
  if (failures.length > 0) throw failures[0];
  return { tenants, more };
}
