import type { Profile } from '../../../schema/index.ts';
import { type CheckCode, type CheckDefault, checkRules } from './check-rules.ts';
import { type SplatCode, splatRules } from './splat/splat-rules.ts';

const rules = { ...checkRules, ...splatRules };

/** A check’s rule for one target. */
export interface Rule extends Omit<CheckDefault, 'severity' | 'limit'> {
  readonly severity: 'error' | 'warning' | 'info' | 'off';
  readonly limit: number;
  readonly source: string;
}

/** What a target takes for a fault: the profile’s word where it has one, the check’s own default otherwise. */
export function ruleOf(profile: Profile, code: CheckCode | SplatCode): Rule {
  const own: CheckDefault = rules[code];
  const said = profile.checks?.[code];
  if (!said) return { ...own, source: 'Atlas' };
  return {
    ...own,
    severity: said.severity,
    limit: said.limit ?? own.limit,
    source: said.note === undefined ? said.source : `${said.source} (${said.note})`,
  };
}
