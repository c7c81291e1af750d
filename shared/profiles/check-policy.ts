import { AtlasError } from '../errors.ts';
import { checkCodes, type PolicyChecks, type PolicyRequest } from '../schema/index.ts';
import { nearestName } from './nearest-name.ts';
import { findProfile } from './profiles.ts';

const known = [...checkCodes.keys()];
const validatorCode = /^[A-Z][A-Z0-9_]+$/;

function refuse(pointer: string, message: string): never {
  throw new AtlasError('invalid_request', message, { pointer });
}

/** RFC 6901. */
const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

function unknownCode(code: string): string {
  if (validatorCode.test(code)) return `${code} is of gltf-validator: whether a file is valid is not up to a policy.`;
  // The names are compared as ids are written, with hyphens.
  const nearest = nearestName(
    code,
    known.map((name) => name.replaceAll('_', '-')),
  );
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest.replaceAll('-', '_')}"?`;
  return `There is no check "${code}".${hint}`;
}

function checkRulesOf(checks: PolicyChecks, at: string): void {
  for (const [code, { limit }] of Object.entries(checks)) {
    const pointer = `${at}/${escaped(code)}`;
    const rule = checkCodes.get(code);
    if (!rule) refuse(pointer, unknownCode(code));
    if (rule.reach === 'fixed') {
      refuse(pointer, `${code} always blocks: such files cannot be opened, or are not what was ordered.`);
    }
    if (limit !== undefined && !rule.hasLimit) refuse(`${pointer}/limit`, `${code} has no limit.`);
  }
}

/**
 * Sees that a policy names only codes and targets that there are, and nothing that no policy may change.
 * @throws AtlasError invalid_request at the rule, with the nearest code; unknown_target
 */
export function checkPolicy({ checks, targets = {} }: PolicyRequest): void {
  checkRulesOf(checks, '/checks');
  for (const [target, own] of Object.entries(targets)) {
    const at = `/targets/${escaped(target)}`;
    findProfile(target, at);
    checkRulesOf(own, at);
  }
}
