import type { Finding, Verdict } from '../../schema/index.ts';
import { checkBakedLight } from './checks/check-baked-light.ts';
import { checkBudget } from './checks/check-budget.ts';
import { checkDegenerate } from './checks/check-degenerate.ts';
import { checkDuplicates } from './checks/check-duplicates.ts';
import { checkExtensions } from './checks/check-extensions.ts';
import { checkFloaters } from './checks/check-floaters.ts';
import { checkHoles } from './checks/check-holes.ts';
import { checkImageTypes } from './checks/check-image-types.ts';
import { checkImages } from './checks/check-images.ts';
import { checkIndices } from './checks/check-indices.ts';
import { checkLimits } from './checks/check-limits.ts';
import { checkMetallic } from './checks/check-metallic.ts';
import { checkNonManifold } from './checks/check-non-manifold.ts';
import { checkOrientation } from './checks/check-orientation.ts';
import { checkPivot } from './checks/check-pivot.ts';
import { checkPositions } from './checks/check-positions.ts';
import { checkPresence } from './checks/check-presence.ts';
import { checkScale } from './checks/check-scale.ts';
import { checkSelfIntersection } from './checks/check-self-intersection.ts';
import { checkTextureBlur } from './checks/check-texture-blur.ts';
import { checkTextureColour } from './checks/check-texture-colour.ts';
import { checkTextureSeams } from './checks/check-texture-seams.ts';
import { checkThinParts } from './checks/check-thin-parts.ts';
import { checkUvDensity } from './checks/check-uv-density.ts';
import { checkUvGutter } from './checks/check-uv-gutter.ts';
import { checkUvLayout } from './checks/check-uv-layout.ts';
import { checkUvMirroring } from './checks/check-uv-mirroring.ts';
import { checkUvOverlap } from './checks/check-uv-overlap.ts';
import { checkUvPresence } from './checks/check-uv-presence.ts';
import { checkUvRange } from './checks/check-uv-range.ts';
import { checkUvStretch } from './checks/check-uv-stretch.ts';
import { checkUvZeroArea } from './checks/check-uv-zero-area.ts';
import { checkValidator } from './checks/check-validator.ts';
import { checkWinding } from './checks/check-winding.ts';
import type { Check, GateContext } from './gate-file.ts';
import type { MarkedFinding } from './marked-finding.ts';

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

/** Checks of shape, layout and colours: what a level of detail shares with its model is said of the model alone. */
const shapeChecks: readonly Check[] = [
  checkFloaters,
  checkHoles,
  checkNonManifold,
  checkSelfIntersection,
  checkDegenerate,
  checkDuplicates,
  checkWinding,
  checkThinParts,
  checkScale,
  checkPivot,
  checkOrientation,
  checkUvPresence,
  checkUvOverlap,
  checkUvMirroring,
  checkUvStretch,
  checkUvDensity,
  checkUvGutter,
  checkUvRange,
  checkUvZeroArea,
  checkUvLayout,
  checkTextureBlur,
  checkTextureSeams,
  checkBakedLight,
  checkTextureColour,
  checkMetallic,
];

/** Runs every check on every file. */
export function judgeFiles(context: GateContext): MarkedFinding[] {
  const known = new Set<string>();
  return context.files.flatMap((file) => {
    const shape = shapeChecks.flatMap((check) => check(file, context));
    const news = shape.filter(({ code, severity }) => severity === 'error' || !known.has(code));
    for (const { code } of news) known.add(code);
    return [...checks.flatMap((check) => check(file, context)), ...news];
  });
}

/** One error is enough to reject; without one, a finding that a person has to judge waits for them. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ severity }) => severity === 'error')) return 'rejected';
  return findings.some(({ review }) => review) ? 'needs_review' : 'accepted';
}
