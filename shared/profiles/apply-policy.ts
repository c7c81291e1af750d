import {
  type CheckRule,
  type Limit,
  LimitName,
  limitCode,
  type PolicyDocument,
  type PolicyRule,
  type Profile,
  type TargetPolicy,
} from '../schema/index.ts';
import { profiles } from './profiles.ts';

/** The part of a tenant’s policy that counts for one target; undefined when it says nothing of it. */
export function targetPolicy(
  policy: PolicyDocument | undefined,
  tenantId: string,
  target: string,
): TargetPolicy | undefined {
  const own = policy?.targets && Object.hasOwn(policy.targets, target) ? policy.targets[target] : {};
  const checks = { ...policy?.checks, ...own };
  if (!policy || Object.keys(checks).length === 0) return undefined;
  return { of: tenantId, since: policy.since.slice(0, 10), checks };
}

const limitNames = new Map(LimitName.options.map((name) => [limitCode(name), name]));
const fidelityFields = {
  fidelity_flip: 'flipMax',
  fidelity_silhouette: 'silhouetteIouMin',
  fidelity_distance: 'distanceMaxShare',
} as const;

const severities = { block: 'error', review: 'warning', warn: 'warning', info: 'info', off: 'off' } as const;

/** A policy’s word on a code, in the form of a profile’s. */
const ruleFrom = ({ action, limit }: PolicyRule, evidence: { source: string; checked: string }): CheckRule => ({
  severity: severities[action],
  ...(action === 'review' ? { review: true } : {}),
  ...(limit === undefined ? {} : { limit }),
  ...evidence,
});

/** A limit as the policy wants it; undefined where a hard limit of the target stays. */
function limitUnder(
  own: Limit | undefined,
  { action, limit }: PolicyRule,
): Pick<Limit, 'max' | 'severity'> | undefined {
  if (own?.severity === 'hard') {
    return action === 'block' && limit !== undefined && limit < own.max ? { max: limit, severity: 'hard' } : undefined;
  }
  const max = limit ?? own?.max;
  return max === undefined ? undefined : { max, severity: action === 'block' ? 'hard' : 'advice' };
}

/**
 * A target’s rules under a tenant’s policy. The policy wins over what the profile says of looks and workmanship, and over
 * its advice; hard limits of the target it can only make stricter. What it changed names the tenant as its source.
 */
export function applyPolicy(profile: Profile, policy: TargetPolicy | undefined): Profile {
  if (!policy) return profile;
  const evidence = { source: `policy of ${policy.of}`, checked: policy.since };
  const limits = { ...profile.limits };
  const checks: Record<string, CheckRule> = { ...profile.checks };
  let { fidelity } = profile;
  for (const [code, rule] of Object.entries(policy.checks)) {
    const limitName = limitNames.get(code);
    if (limitName) {
      const own = limits[limitName];
      const changed = limitUnder(own, rule);
      if (changed) limits[limitName] = { ...changed, ...evidence };
      if (own?.severity !== 'hard') checks[code] = ruleFrom(rule, evidence);
      continue;
    }
    const fidelityField = Object.hasOwn(fidelityFields, code) ? fidelityFields[code as 'fidelity_flip'] : undefined;
    if (fidelityField && rule.limit !== undefined) {
      fidelity = { ...(fidelity ?? { severity: 'advice', ...evidence }), [fidelityField]: rule.limit };
    }
    const before = checks[code]?.limit;
    checks[code] = ruleFrom(before === undefined ? rule : { ...rule, limit: rule.limit ?? before }, evidence);
  }
  return { ...profile, limits, checks, ...(fidelity ? { fidelity } : {}) };
}

/** Rules of a policy that do not reach a target, because a hard limit of the target stays. */
export function heldRules(policy: PolicyDocument): { target: string; code: string; limit: number }[] {
  return profiles.flatMap((profile) => {
    const rules = Object.entries(targetPolicy(policy, '', profile.id)?.checks ?? {});
    return rules.flatMap(([code, rule]) => {
      const name = limitNames.get(code);
      const own = name && profile.limits[name];
      if (own?.severity !== 'hard') return [];
      const kept = rule.action === 'block' && (rule.limit ?? own.max) <= own.max;
      return kept ? [] : [{ target: profile.id, code, limit: own.max }];
    });
  });
}
