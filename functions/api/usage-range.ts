import { z } from 'zod';
import { InvalidRequest } from './invalid-request.ts';

const dayMs = 86_400_000;
const daysAtMost = 366;

/** Query fields of a range of days. */
export const rangeQuery = {
  from: z.iso.date().optional().describe('First day (UTC); 30 days before `to` when absent.'),
  to: z.iso.date().optional().describe('Last day (UTC), included; today when absent.'),
};

const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

/** The days that a query asks for. @throws AtlasError invalid_request */
export function usageRange(
  query: { from?: string | undefined; to?: string | undefined },
  now: Date,
): { from: string; to: string } {
  const to = query.to ?? dayOf(now.getTime());
  const from = query.from ?? dayOf(Date.parse(to) - 30 * dayMs);
  const days = (Date.parse(to) - Date.parse(from)) / dayMs;
  if (days < 0) throw new InvalidRequest([{ pointer: '/query/from', message: 'must not be after `to`' }]);
  if (days >= daysAtMost) {
    throw new InvalidRequest([{ pointer: '/query/from', message: `must be within ${daysAtMost} days of \`to\`` }]);
  }
  return { from, to };
}
