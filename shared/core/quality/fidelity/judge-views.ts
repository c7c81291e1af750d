import type { Finding, Profile } from '../../../schema/index.ts';
import { coverageOf } from '../metrics/silhouette.ts';
import type { SeenModel, SeenSource } from './compare-scenes.ts';
import { ringAzimuth } from './see-around.ts';
import type { SeenSides } from './see-back-faces.ts';
import { viewName } from './view-names.ts';

/** What a check on views takes for a fault when the profile says nothing else. */
interface ViewRule {
  readonly severity: 'error' | 'warning' | 'info';
  readonly limit: number;
  readonly remedy: string;
}

/** Each limit is the last value that passes. */
export const viewRules = {
  /** Share of the pixels of all views. Seventeen files as generators deliver them have up to 0.07 %. */
  holes_visible: {
    severity: 'warning',
    limit: 0.002,
    remedy: 'Fill the openings, flip faces that point inwards, or make the material double-sided.',
  },
  /** Share of a view. The sphere around the model fills 75 %; a sword seen along its edge has about 0.3 %. */
  silhouette_tiny: {
    severity: 'warning',
    limit: 0.0005,
    remedy: 'Look for crumbs far away from the model, and for surfaces that are flat or fully transparent.',
  },
  /** Seventeen files have up to 0.30, and 0.86 a minibus whose front looks like its back: a hint to look, no more. */
  view_inconsistency: {
    severity: 'warning',
    limit: 0.5,
    remedy:
      'Look at both sides: a second face needs another candidate; a front that is like its back is right as it is.',
  },
} as const satisfies Record<string, ViewRule>;

type ViewCode = keyof typeof viewRules;

function findingOf(
  code: ViewCode,
  profile: Profile,
  fault: (limit: number) => Pick<Finding, 'measured' | 'message'> | undefined,
  file: string,
): Finding[] {
  const own = viewRules[code];
  const said = profile.checks?.[code];
  const severity = said?.severity ?? own.severity;
  if (severity === 'off') return [];
  const limit = said?.limit ?? own.limit;
  const found = fault(limit);
  return found ? [{ code, severity, file, limit, remedy: own.remedy, source: said?.source ?? 'Atlas', ...found }] : [];
}

const shareOf = (sides: readonly SeenSides[], count: (sides: SeenSides) => number): number => {
  const surface = sides.reduce((sum, each) => sum + each.surface, 0);
  return surface > 0 ? sides.reduce((sum, each) => sum + count(each), 0) / surface : 0;
};

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

/** Share of pixels that look into the model: holes, and of drawn insides what the source did not show. */
function seenInside({ sides }: SeenModel, source: SeenSource | undefined): number {
  const holes = shareOf(sides, (each) => each.holes);
  if (!source) return holes;
  const insides = shareOf(sides, (each) => each.insides) - shareOf(source.sides, (each) => each.insides + each.holes);
  return holes + Math.max(0, insides);
}

/** Finds what only views show: holes that one looks into, a model that hardly fills its views, and a second front. */
export function judgeViews(
  model: SeenModel,
  source: SeenSource | undefined,
  profile: Profile,
  file: string,
): Finding[] {
  const inside = Number(seenInside(model, source).toPrecision(4));
  const mostHoles = model.sides.reduce((most, { holes, insides }, i) => {
    const best = model.sides[most]!;
    return holes + insides > best.holes + best.insides ? i : most;
  }, 0);
  const coverages = model.views.map(({ silhouette }) => coverageOf(silhouette));
  const repetition = Number(model.consistency.repetition.toPrecision(4));
  const smallest = coverages.indexOf(Math.min(...coverages));
  return [
    ...findingOf(
      'holes_visible',
      profile,
      (limit) =>
        inside > limit
          ? {
              measured: inside,
              message: `${percent(inside)} of what the views see are backs of faces, most in ${viewName(mostHoles)}: holes, or faces that point inwards.`,
            }
          : undefined,
      file,
    ),
    ...findingOf(
      'silhouette_tiny',
      profile,
      (limit) =>
        coverages[smallest]! <= limit
          ? {
              measured: coverages[smallest]!,
              message: `The model fills ${percent(coverages[smallest]!)} of ${viewName(smallest)}.`,
            }
          : undefined,
      file,
    ),
    ...findingOf(
      'view_inconsistency',
      profile,
      (limit) =>
        repetition > limit
          ? {
              measured: repetition,
              message: `The front seems to come back at ${ringAzimuth(model.consistency.repeatedAt)}°, as of a figure with two faces.`,
            }
          : undefined,
      file,
    ),
  ];
}
