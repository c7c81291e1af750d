import { expect, test } from '@jest/globals';
import { defects } from '../../../shared/testing/defects/defects.ts';
import { buildGoodModels } from '../../../shared/testing/defects/good-models.ts';
import { type Judged, mutationJudge } from './judge-mutations.ts';
import { areaUnderCurve, goodModelAlarms, rateChecks } from './rate-checks.ts';

/** Some of each family; the bench has them all. */
const tried = new Set([
  ...['floaters', 'holes', 'flipped winding', 'wrong scale', 'UV overlap', 'UV stretched', 'UV missing'],
  ...['blurred texture', 'metallic by omission', 'broken file'],
]);
const [model] = buildGoodModels(36);
const judge = mutationJudge();

test('a good model passes', async () => {
  const { findings } = await judge(model);
  expect(findings.map(({ code }) => code)).toEqual([]);
});

test.each(defects.filter(({ name }) => tried.has(name)))('the gate names $name', async (defect) => {
  const { findings } = await judge(model, defect, 2);
  expect(findings.filter(({ code }) => defect.codes.includes(code))).not.toEqual([]);
});

test('the same defect is the same every time', async () => {
  const [first] = defects;
  const twice = [await judge(model, first, 1), await judge(model, first, 1)];
  expect(twice[0].findings).toEqual(twice[1].findings);
  expect(twice[0].scores).toEqual(twice[1].scores);
});

const judged = (name: string, defect: string | undefined, codes: string[], score: number): Judged => ({
  model: name,
  defect,
  strength: 1,
  findings: codes.map((code) => ({ code, severity: 'warning', file: 'model', message: '' })),
  scores: new Map([['holes', score]]),
  validator: new Set(),
});

test('a rating counts hits, misses and alarms', () => {
  const [holes, flat] = ['holes', 'flat texture'].flatMap((name) => defects.filter((defect) => defect.name === name));
  const all = [
    judged('a', undefined, [], 0),
    judged('b', undefined, ['holes'], 1),
    judged('a', 'holes', ['holes'], 3),
    judged('b', 'holes', [], 1),
    judged('a', 'flat texture', ['holes', 'texture_flat'], 2),
  ];
  const [rating] = rateChecks(all, [holes, flat]);
  expect(rating).toMatchObject({ precision: 1 / 3, recall: [0, 0.5, 0], falseAlarms: 0.5 });
  expect(rating.weak).toEqual(['precision', 'recall', 'false alarms']);
  // Of the six pairs four are in order, one is even.
  expect(rating.auc).toBeCloseTo(4.5 / 6);
  expect(goodModelAlarms(all)).toEqual([{ model: 'b', codes: ['holes'] }]);
});

test('the area under the curve is a half for chance and one for a clean cut', () => {
  expect(areaUnderCurve([1, 2], [1, 2])).toBe(0.5);
  expect(areaUnderCurve([3, 4], [1, 2])).toBe(1);
  expect(areaUnderCurve([1], [2])).toBe(0);
});
