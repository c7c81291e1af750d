import type { JobStatus, Verdict } from '../../shared/schema/index.ts';
import type { Collected } from './collect.ts';
import type { Delivery } from './deliver.ts';

/** What becomes of a job. */
export interface Ending {
  readonly status: JobStatus;
  readonly verdict?: Verdict;
  readonly error?: { code: string; message: string; pointer?: string };
}

/** While something is to be decided the job waits, whatever became of its other targets. */
const worst: readonly Verdict[] = ['needs_review', 'rejected', 'repaired', 'accepted'];

/** How the job ends: failed when nothing reached a gate, otherwise by the worst verdict of its targets. */
export function endingOf(collected: Collected, delivery: Delivery): Ending {
  if (collected.error) return { status: 'failed', error: collected.error };
  const [first] = collected.targets;
  if (first?.kind === 'failed' && collected.targets.every(({ kind }) => kind === 'failed')) {
    return { status: 'failed', error: first.error };
  }
  const verdict = worst.find((one) => delivery.results.some((result) => result.verdict === one)) ?? 'rejected';
  const status = verdict === 'accepted' || verdict === 'repaired' ? 'delivered' : verdict;
  return { status, verdict };
}
