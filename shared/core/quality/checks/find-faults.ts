import type { GateContext, GateFile } from '../gate-file.ts';
import type { MarkedFinding, Marks } from '../marked-finding.ts';
import type { CheckCode } from './check-rules.ts';
import { ruleOf } from './rule-of.ts';
import type { SplatCode } from './splat/splat-rules.ts';

/** What a check measured at one place. */
export interface Measured {
  readonly measured: number;
  readonly message: string;
  readonly pointer?: string | undefined;
  readonly marks?: Marks;
  /** Factor on the rule’s limit, where the limit depends on what is measured. */
  readonly scale?: number;
}

/** Findings that one code may fill: the thousandth mesh of a kind tells nothing that the tenth did not. */
const mostOfOneCode = 10;

const rounded = (value: number): number => Number(value.toPrecision(4));

/**
 * One finding for each place whose measure is past the target’s limit, the ten farthest past it; none when the target
 * silences the check. In the order in which they were measured.
 */
export function findFaults(
  code: CheckCode | SplatCode,
  file: Pick<GateFile, 'name'>,
  { profile }: Pick<GateContext, 'profile'>,
  places: readonly Measured[],
): MarkedFinding[] {
  const rule = ruleOf(profile, code);
  const { severity, source, remedy } = rule;
  if (severity === 'off') return [];
  const sign = rule.fault === 'above' ? 1 : -1;
  const past = ({ measured, scale = 1 }: Measured): number => (measured - rule.limit * scale) * sign;
  const faults = places.filter((place) => past(place) > 0);
  const worst = new Set([...faults].sort((a, b) => past(b) - past(a)).slice(0, mostOfOneCode));
  return faults
    .filter((place) => worst.has(place))
    .map(({ measured, message, pointer, marks, scale = 1 }) => ({
      code,
      severity,
      file: file.name,
      ...(pointer === undefined ? {} : { pointer }),
      measured: rounded(measured),
      limit: rounded(rule.limit * scale),
      message,
      remedy,
      source,
      ...(marks === undefined ? {} : { marks }),
    }));
}
