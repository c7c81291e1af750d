import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { toAtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import { type DeletionDeps, sweepDeletions } from '../../shared/records/delete-tenant.ts';
import { sweepIdempotency } from '../../shared/records/idempotency.ts';
import { sweepRetention } from '../../shared/records/retention.ts';
import type { IsOver, SweepCounts } from '../../shared/records/sweeps.ts';
import type { Deps } from '../context.ts';
import { sweepJobs } from './sweep-jobs.ts';
import { sweepWebhooks } from './sweep-webhooks.ts';

/** What the sweeps use. */
export type SweepDeps = Pick<
  Deps,
  'docs' | 'objects' | 'bus' | 'workflows' | 'telemetry' | 'clock' | 'log' | 'purgeOutside'
>;

/** How tenants are deleted where the functions run. */
export const deletionOf = ({ docs, objects, clock, workflows, purgeOutside }: SweepDeps): DeletionDeps => ({
  ...{ docs, objects, clock, purgeOutside },
  cancelExecution: (name) => workflows.cancel(name),
});

const sweeps = {
  jobs: sweepJobs,
  webhooks: sweepWebhooks,
  deletions: (deps, isOver) => sweepDeletions({ ...deletionOf(deps), isOver }),
  retention: sweepRetention,
  idempotency: sweepIdempotency,
} satisfies Record<string, (deps: SweepDeps, isOver: IsOver) => Promise<SweepCounts>>;

export const SweepName = z.enum(Object.keys(sweeps) as [keyof typeof sweeps]);
export type SweepName = z.infer<typeof SweepName>;

/** Every sweep there is; which of them runs how often is told by who calls. */
export const sweepNames: readonly SweepName[] = SweepName.options;

/** The body of a call. */
export const SweepRequest = z.strictObject({
  sweeps: z.array(SweepName).min(1).max(sweepNames.length),
});

/** One sweep’s line: its counts, whether it has to go on, or what stopped it. */
export interface SweepLine {
  readonly ms: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly more: boolean;
  /** Code of the error that stopped it. */
  readonly error?: string;
}
export type SweepReport = Partial<Record<SweepName, SweepLine>>;

async function runSweep(deps: SweepDeps, name: SweepName, budgetMs: number): Promise<SweepLine> {
  const startedMs = performance.now();
  const passedMs = (): number => performance.now() - startedMs;
  try {
    const { counts, more } = await sweeps[name](deps, () => passedMs() > budgetMs);
    return { ms: Math.round(passedMs()), counts, more };
  } catch (thrown) {
    deps.log('ERROR', 'sweep failed', { sweep: name, error: describeError(thrown) });
    return { ms: Math.round(passedMs()), counts: {}, more: true, error: toAtlasError(thrown).code };
  }
}

const isTroubled = ({ error, counts }: SweepLine): boolean => error !== undefined || (counts.failed ?? 0) > 0;
const didNothing = ({ counts, more }: SweepLine): boolean =>
  !more && Object.values(counts).every((count) => count === 0);

/**
 * Runs sweeps one after another; each gets an equal share of the time that is left, and one that fails does not keep the
 * others from running. Never rejects. Each writes one log line.
 */
export async function runSweeps(
  deps: SweepDeps,
  names: readonly SweepName[],
  budgetMs: number,
): Promise<{ sweeps: SweepReport; isTroubled: boolean }> {
  const deadlineMs = performance.now() + budgetMs;
  const report: SweepReport = {};
  for (const [index, name] of names.entries()) {
    const line = await runSweep(deps, name, (deadlineMs - performance.now()) / (names.length - index));
    report[name] = line;
    deps.log(isTroubled(line) ? 'ERROR' : didNothing(line) ? 'DEBUG' : 'INFO', 'sweep', { sweep: name, ...line });
  }
  return { sweeps: report, isTroubled: Object.values(report).some(isTroubled) };
}

/** One call; the function’s own time-out in infra/terraform is longer by what a last step may take. */
const budgetMs = 50_000;

/**
 * The sweeps as an HTTP function for a scheduler: runs those that are named, and answers with their counts. 500 when one
 * failed or had a failure, so that the scheduler’s failures can be watched.
 */
export function sweepFunction(deps: SweepDeps): HttpFunction {
  return async (req, res) => {
    const request = SweepRequest.safeParse(req.body);
    if (!request.success) {
      res.status(400).json({ code: 'invalid_request', message: z.prettifyError(request.error) });
      return;
    }
    const { sweeps: report, isTroubled: troubled } = await runSweeps(deps, request.data.sweeps, budgetMs);
    res.status(troubled ? 500 : 200).json({ sweeps: report });
  };
}
