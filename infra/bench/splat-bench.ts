import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGoodModels } from '../../shared/testing/defects/good-models.ts';
import { splatDefects } from '../../shared/testing/defects/splat-defects.ts';
import { judgeSplatMutations } from './gate/judge-splat-mutations.ts';
import { goodModelAlarms, type Rating, rateChecks } from './gate/rate-checks.ts';
import { ratingTable } from './gate-bench.ts';

export interface SplatBench {
  readonly clouds: number;
  readonly judged: number;
  readonly ratings: readonly Rating[];
  readonly alarms: readonly { model: string; codes: readonly string[] }[];
}

/** Judges clouds of splats on every third good model, each without a fault and with every defect at three strengths. */
export function splatBench(tell: (line: string) => void): SplatBench {
  const models = buildGoodModels(3);
  const all = models.flatMap((model, i) => {
    const judged = judgeSplatMutations(model);
    tell(`splats: ${i + 1} of ${models.length} clouds`);
    return judged;
  });
  return {
    clouds: models.length,
    judged: all.length,
    ratings: rateChecks(all, splatDefects),
    alarms: goodModelAlarms(all),
  };
}

/** The ratings as Markdown; what misses its goal is in bold. */
export const splatTable = ({ clouds, judged, ratings, alarms }: SplatBench): string =>
  [
    `### Splats: ${splatDefects.length} defects in ${clouds} good clouds, ${judged} clouds judged`,
    '',
    ...ratingTable(ratings),
    '',
    `Good clouds with an error or a warning: ${alarms.length} of ${clouds}${alarms.length > 0 ? ` (${alarms.map(({ model, codes }) => `${model}: ${codes.join(', ')}`).join('; ')})` : ''}.`,
    '',
  ].join('\n');

/** Keeps the table beside that of the gate: verdicts are the same everywhere. */
export function keepSplatTable(table: string): void {
  const folder = join('infra', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'splats.md'), table);
}
