import { describe, expect, test } from '@jest/globals';
import { contentPackages, missingOptional } from '../../shared/optional-module.ts';
import { contentClassifier } from './content-classifier.ts';

const missing = missingOptional(contentPackages);
const grey = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 4).fill(128) };

(missing ? describe : describe.skip)('without nsfwjs', () => {
  test('the classifier says what to install, and makes up no score', async () => {
    expect(await contentClassifier([grey])).toEqual({ status: 'not_scored', ...missing });
  });
});

(missing ? describe.skip : describe)('nsfwjs', () => {
  test('finds a plain grey picture to be a drawing, twice the same', async () => {
    const answer = await contentClassifier([grey, grey]);
    if (answer.status !== 'scored') throw new Error(answer.reason);
    const [first, second] = answer.scores;
    expect(first).toEqual(second);
    expect(first!.drawing).toBeGreaterThan(0.5);
    expect(Object.values(first!).reduce((sum, share) => sum + share)).toBeCloseTo(1, 4);
  });
});
