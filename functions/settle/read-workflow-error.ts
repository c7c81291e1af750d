import { z } from 'zod';
import type { JobError } from '../../shared/schema/index.ts';

const OurError = z.looseObject({ code: z.string(), message: z.string(), pointer: z.string().nullish() });
const LanguageError = z.looseObject({
  message: z.string().optional(),
  tags: z.array(z.string()).optional(),
  branches: z.array(z.looseObject({ error: z.unknown() })).optional(),
});

/**
 * The error that a workflow caught, as a job error. A stage’s own error passes as it is; one that the workflow language
 * raised (a time-out, an unhandled branch) becomes `work_timeout` or `internal`.
 */
export function readWorkflowError(thrown: unknown): JobError {
  const ours = OurError.safeParse(thrown);
  if (ours.success) {
    const { code, message, pointer } = ours.data;
    return { code, message, ...(pointer ? { pointer } : {}) };
  }
  const raised = LanguageError.safeParse(thrown);
  if (!raised.success)
    return { code: 'internal', message: typeof thrown === 'string' ? thrown : 'The workflow failed.' };
  const [branch] = raised.data.branches ?? [];
  if (branch?.error) return readWorkflowError(branch.error);
  const timedOut = raised.data.tags?.includes('TimeoutError') ?? false;
  return { code: timedOut ? 'work_timeout' : 'internal', message: raised.data.message ?? 'The workflow failed.' };
}
