import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defects } from '../../shared/testing/defects/defects.ts';
import { buildGoodModels } from '../../shared/testing/defects/good-models.ts';
import { type GateSpeed, gateSpeed, gateSpeedTable } from './gate/gate-speed.ts';
import { type Judged, mutationJudge } from './gate/judge-mutations.ts';
import { goodModelAlarms, type Rating, rateChecks } from './gate/rate-checks.ts';
import { round } from './measure.ts';

export interface GateBench {
  /** Good models into which every defect was put, and how many files were judged in all. */
  readonly models: number;
  readonly judged: number;
  readonly ratings: readonly Rating[];
  /** Good models with errors or warnings. */
  readonly alarms: readonly { model: string; codes: readonly string[] }[];
  readonly speed: GateSpeed;
}

/** Judges good models, each without a fault and with every defect at three strengths, and times the gate. */
export async function gateBench(rounds: number, tell: (line: string) => void): Promise<GateBench> {
  const speed = await gateSpeed(rounds);
  const judge = mutationJudge();
  const models = buildGoodModels();
  const all: Judged[] = [];
  for (const [i, model] of models.entries()) {
    all.push(await judge(model));
    for (const defect of defects) {
      for (const strength of [0, 1, 2] as const) all.push(await judge(model, defect, strength));
    }
    tell(`gate: ${i + 1} of ${models.length} models`);
  }
  return {
    models: models.length,
    judged: all.length,
    ratings: rateChecks(all, defects),
    alarms: goodModelAlarms(all),
    speed,
  };
}

const digits = (value: number): string => value.toFixed(2);

const row = ({ defect, codes, goal, precision, recall, auc, falseAlarms, validatorAlone, weak }: Rating): string =>
  `| ${[
    weak.length > 0 ? `**${defect}**` : defect,
    codes.map((code) => `\`${code}\``).join(', '),
    digits(goal),
    digits(precision),
    recall.map(digits).join(' / '),
    auc.toFixed(3),
    `${round(falseAlarms * 100, 1)} %`,
    `${Math.round(validatorAlone * 100)} %`,
    weak.join(', ') || '',
  ].join(' | ')} |`;

/** One row a defect; what misses its goal is in bold, with what it misses. */
export const ratingTable = (ratings: readonly Rating[]): string[] => [
  '| defect | finding | goal | precision | recall weak / medium / strong | AUC | false alarms | validator alone | misses |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...ratings.map(row),
];

/** The ratings as Markdown. */
export function gateTable({ models, judged, ratings, alarms, speed }: GateBench): string {
  const weak = ratings.filter((rating) => rating.weak.length > 0);
  return [
    `### Gate: ${defects.length} defects in ${models} good models, ${judged} files judged`,
    '',
    ...ratingTable(ratings),
    '',
    `Good models with an error or a warning: ${alarms.length} of ${models}${alarms.length > 0 ? ` (${alarms.map(({ model, codes }) => `${model}: ${codes.join(', ')}`).join('; ')})` : ''}.`,
    weak.length > 0 ? `Weak checks: ${weak.map(({ defect }) => defect).join(', ')}.` : 'No check misses its goal.',
    '',
    gateSpeedTable(speed),
  ].join('\n');
}

/** Keeps the table beside the other results: the README of the gate refers to it. */
export function keepGateTable(table: string): void {
  const folder = join('infra', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'gate.md'), table);
}
