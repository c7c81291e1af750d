import type { Profile } from '../../schema/index.ts';
import { checkCount } from './checks/splat/check-count.ts';
import { checkCoverage } from './checks/splat/check-coverage.ts';
import { checkFloating } from './checks/splat/check-floating.ts';
import { checkKind } from './checks/splat/check-kind.ts';
import { checkOpacity } from './checks/splat/check-opacity.ts';
import { checkRotation } from './checks/splat/check-rotation.ts';
import { checkSize } from './checks/splat/check-size.ts';
import { checkValues } from './checks/splat/check-values.ts';
import type { SplatCheck, SplatFinding, SplatSubject } from './checks/splat/splat-subject.ts';

/** Every check of a cloud of splats, in the order in which its findings are reported. */
const checks: readonly SplatCheck[] = [
  checkKind,
  checkValues,
  checkCount,
  checkOpacity,
  checkSize,
  checkRotation,
  checkFloating,
  checkCoverage,
];

/** Runs every check on a cloud of splats. */
export const judgeSplats = (subject: SplatSubject, profile: Profile): SplatFinding[] =>
  checks.flatMap((check) => check(subject, profile));
