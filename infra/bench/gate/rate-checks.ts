import type { Defect } from '../../../shared/testing/defects/defects.ts';
import type { Strength } from '../../../shared/testing/defects/inject-geometry.ts';
import type { Judged } from './judge-mutations.ts';

/** How well a defect is found. Shares of 0–1. */
export interface Rating {
  readonly defect: string;
  readonly family: Defect['family'];
  readonly codes: readonly string[];
  readonly goal: number;
  /** At medium strength, against good models and models with another defect. */
  readonly precision: number;
  readonly recall: readonly [weak: number, medium: number, strong: number];
  /** Probability that a model with the defect (medium) measures worse than one without. */
  readonly auc: number;
  /** Share of the good models on which it is found. */
  readonly falseAlarms: number;
  /** Share of the models with the defect (medium) of which gltf-validator alone says anything new. */
  readonly validatorAlone: number;
  /** Which goals it misses. */
  readonly weak: readonly string[];
}

/** Least precision and recall at medium strength. */
const goals: Record<Defect['family'], number> = {
  geometry: 0.95,
  placement: 0.95,
  uv: 0.95,
  texture: 0.85,
  file: 0.95,
};
export const mostFalseAlarms = 0.02;

const share = <T>(list: readonly T[], test: (item: T) => boolean): number =>
  list.length > 0 ? list.filter(test).length / list.length : 0;

/** Area under the ROC curve as the Mann-Whitney statistic (Hanley & McNeil 1982); ties count one half. */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number {
  let sum = 0;
  for (const high of positives) {
    for (const low of negatives) sum += high > low ? 1 : high === low ? 0.5 : 0;
  }
  return sum / (positives.length * negatives.length);
}

/** What of a defect its rating depends on. */
export type Named = Pick<Defect, 'name' | 'family' | 'codes' | 'also'>;

const found = ({ codes }: Named, { findings }: Judged): boolean => findings.some(({ code }) => codes.includes(code));

function scoreFor({ codes }: Named, { scores }: Judged): number {
  return codes.reduce((most, code) => Math.max(most, scores.get(code) ?? -Infinity), -Infinity);
}

function rate(defect: Named, all: readonly Judged[], defects: readonly Named[]): Rating {
  const good = all.filter((judged) => judged.defect === undefined);
  const at = (strength: Strength) => all.filter((one) => one.defect === defect.name && one.strength === strength);
  const causes = new Set(
    defects
      .filter(({ also = [], codes }) => [...also, ...codes].some((code) => defect.codes.includes(code)))
      .map(({ name }) => name),
  );
  const others = all.filter((one) => one.defect !== undefined && one.strength === 1 && !causes.has(one.defect));
  const without = [...good, ...others];
  const medium = at(1);
  const hits = medium.filter((one) => found(defect, one)).length;
  const alarms = without.filter((one) => found(defect, one)).length;
  const clean = new Map(good.map(({ model, validator }) => [model, validator]));
  const rating = {
    defect: defect.name,
    family: defect.family,
    codes: defect.codes,
    goal: goals[defect.family],
    precision: hits > 0 ? hits / (hits + alarms) : 0,
    recall: [0, 1, 2].map((strength) => share(at(strength as Strength), (one) => found(defect, one))) as [
      number,
      number,
      number,
    ],
    auc: areaUnderCurve(
      medium.map((one) => scoreFor(defect, one)),
      without.map((one) => scoreFor(defect, one)),
    ),
    falseAlarms: share(good, (one) => found(defect, one)),
    validatorAlone: share(medium, ({ model, validator }) =>
      [...validator].some((code) => !clean.get(model)?.has(code)),
    ),
  };
  const weak = [
    ...(rating.precision < rating.goal ? ['precision'] : []),
    ...(rating.recall[1] < rating.goal ? ['recall'] : []),
    ...(rating.falseAlarms > mostFalseAlarms ? ['false alarms'] : []),
  ];
  return { ...rating, weak };
}

/** Rates each defect that was injected, in the order of the table. */
export const rateChecks = (all: readonly Judged[], defects: readonly Named[]): Rating[] =>
  defects.map((defect) => rate(defect, all, defects));

/** Errors and warnings on good models: none is right. */
export const goodModelAlarms = (all: readonly Judged[]): { model: string; codes: string[] }[] =>
  all
    .filter((one) => one.defect === undefined)
    .map(({ model, findings }) => ({
      model,
      codes: findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code),
    }))
    .filter(({ codes }) => codes.length > 0);
