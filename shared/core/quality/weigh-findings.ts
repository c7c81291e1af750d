import { checkCodes, type Finding, type Profile } from '../../schema/index.ts';

/**
 * Findings as severe as the rules of the target’s profile make them: those of a code that is off are left out, those that
 * a person has to judge are marked. Most checks have kept to their rule already; this is for limits and fidelity, whose
 * profile knows two severities only. An error of a code that is `guarded` stays one.
 */
export function weighFindings(findings: readonly Finding[], { checks = {} }: Profile): Finding[] {
  return findings.flatMap((finding): Finding[] => {
    const { code } = finding;
    const rule = Object.hasOwn(checks, code) ? checks[code] : undefined;
    if (!rule || (finding.severity === 'error' && checkCodes.get(code)?.reach !== 'free')) return [finding];
    const { severity, source, note, review } = rule;
    if (severity === 'off') return [];
    return [
      {
        ...finding,
        severity,
        source: note === undefined ? source : `${source} (${note})`,
        ...(review ? { review } : {}),
      },
    ];
  });
}
