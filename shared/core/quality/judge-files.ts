import type { Finding, Verdict } from '../../schema/index.ts';
import { checkBudget } from './checks/check-budget.ts';
import { checkExtensions } from './checks/check-extensions.ts';
import { checkImageTypes } from './checks/check-image-types.ts';
import { checkImages } from './checks/check-images.ts';
import { checkIndices } from './checks/check-indices.ts';
import { checkLimits } from './checks/check-limits.ts';
import { checkPositions } from './checks/check-positions.ts';
import { checkPresence } from './checks/check-presence.ts';
import { checkValidator } from './checks/check-validator.ts';
import type { Check, GateContext } from './gate-file.ts';

/** Every check, in the order in which its findings are reported. */
const checks: readonly Check[] = [
  checkPresence,
  checkPositions,
  checkIndices,
  checkValidator,
  checkBudget,
  checkLimits,
  checkExtensions,
  checkImages,
  checkImageTypes,
];

/** Runs every check on every file. */
export const judgeFiles = (context: GateContext): Finding[] =>
  context.files.flatMap((file) => checks.flatMap((check) => check(file, context)));

/** One error is enough to reject. */
export const verdictOf = (findings: readonly Finding[]): Verdict =>
  findings.some(({ severity }) => severity === 'error') ? 'rejected' : 'accepted';
