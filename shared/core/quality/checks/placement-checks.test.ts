import { expect, test } from '@jest/globals';
import { box, mapped } from '../../../testing/exact-meshes.ts';
import { gateContext, gateFile, meshDocument } from '../../../testing/gate-files.ts';
import type { AxisEstimate } from '../../mesh/analyse/estimate-orientation.ts';
import type { Check } from '../gate-file.ts';
import { checkOrientation } from './check-orientation.ts';
import { checkPivot } from './check-pivot.ts';
import { checkScale } from './check-scale.ts';

const cube = (size: number, ...centre: number[]) =>
  gateFile(meshDocument(box(size, centre.length > 0 ? centre : [0, 0, 0])));
const diagonal = Math.sqrt(3);

test.each<[string, Check, Parameters<typeof cube>, string, number]>([
  ['of a hundred metres', checkScale, [100], 'scale_too_large', 100],
  ['of a millimetre', checkScale, [0.001], 'scale_too_small', 0.001],
  ['five metres from the origin', checkPivot, [1, 5, 0.5, 0], 'pivot_outside', 4.5 / diagonal],
  ['with the origin in a corner', checkPivot, [1, 0.5, 0.5, 0.5], 'pivot_off', Math.SQRT1_2 / diagonal],
])('a cube %s is found', async (_, check, place, code, measured) => {
  const file = await cube(...place);
  const findings = check(file, gateContext(file));
  const finding = findings.find((one) => one.code === code);
  expect(finding?.measured).toBeCloseTo(measured, 3);
});

test.each<[string, Check, Parameters<typeof cube>]>([
  ['of a metre', checkScale, [1]],
  ['of two centimetres', checkScale, [0.0201]],
  ['about the origin', checkPivot, [1]],
  ['that stands on the origin', checkPivot, [1, 0, 0.5, 0]],
])('a cube %s passes', async (_, check, place) => {
  const file = await cube(...place);
  expect(check(file, gateContext(file))).toEqual([]);
});

test('a hinge on the border is no outside', async () => {
  const file = await cube(1, 0.5, 0, 0);
  expect(checkPivot(file, gateContext(file)).map(({ code }) => code)).toEqual(['pivot_off']);
});

test.each<[AxisEstimate, string[]]>([
  [{ axis: '+z', confidence: 0.9 }, ['up_axis']],
  [{ axis: '+z', confidence: 0.6 }, []],
  [{ axis: '+y', confidence: 0.9 }, []],
])('an estimate of up %j gives %j', async (up, codes) => {
  const file = await gateFile(meshDocument(mapped(box(), ([x, y, z]) => [x!, y! * 2, z!])));
  const placement = file.analysis.placement!;
  const orientation = { ...placement.orientation, up };
  const told = { ...file, analysis: { ...file.analysis, placement: { ...placement, orientation } } };
  expect(checkOrientation(told, gateContext(told)).map(({ code }) => code)).toEqual(codes);
});
