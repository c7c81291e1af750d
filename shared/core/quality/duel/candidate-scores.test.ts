import { describe, expect, test } from '@jest/globals';
import type { AssetStats, CandidateScores } from '../../../schema/index.ts';
import { paint } from '../../../testing/seeded-pictures.ts';
import type { Picture } from '../metrics/picture.ts';
import { decideByScores, scoreViews, topologyScores } from './candidate-scores.ts';
import { isPale } from './measure-paleness.ts';
import { cutOut, likenessOf } from './prompt-likeness.ts';

type Colour = readonly [number, number, number];

/** An upright rectangle `wide` of 64 pixels, 40 high, on nothing or on a colour. */
const bar = (wide: number, colour: Colour, background?: Colour, size = 64): Picture =>
  paint(size, size, (x, y) => {
    const scale = size / 64;
    const inside = Math.abs(x - size / 2) < (wide / 2) * scale && Math.abs(y - size / 2) < 20 * scale;
    return inside ? colour : background ? background : [0, 0, 0, 0];
  });

const red: Colour = [200, 30, 30];
const blue: Colour = [30, 30, 200];
const stats = { triangles: 100, openEdges: 0, nonManifoldEdges: 0, components: 1 } as AssetStats;
const good: CandidateScores = { closed: 1, manifold: 1, whole: 1, seen: 0.5, unrepeated: 1, likeness: 'not_scored' };

describe('likeness to the prompt', () => {
  const wanted = cutOut(bar(20, red, [250, 250, 250], 96));
  const like = (picture: Picture): number => likenessOf(wanted!, cutOut(picture)!);

  test('does not depend on size, background or transparency', () => {
    expect(like(bar(20, red))).toBeGreaterThan(0.95);
  });

  test('falls with another colour, and with another outline', () => {
    expect(like(bar(20, blue))).toBeLessThan(like(bar(20, red)) - 0.25);
    expect(like(bar(40, red))).toBeLessThan(like(bar(20, red)) - 0.2);
  });

  test.each<[string, Picture]>([
    ['a busy background', paint(64, 64, (x, y) => [(x * 37) % 256, (y * 91) % 256, ((x + y) * 53) % 256])],
    ['nothing in it', bar(0, red)],
    ['only background', bar(0, red, [9, 9, 9])],
    ['no room around it', bar(200, red, red)],
  ])('a picture with %s has no object to compare with', (_name, picture) => {
    expect(cutOut(picture)).toBeUndefined();
  });
});

describe('scores', () => {
  test('of topology are shares', () => {
    expect(topologyScores({ ...stats, openEdges: 30, nonManifoldEdges: 3, components: 4 })).toEqual({
      closed: 1 - 30 / 165,
      manifold: 1 - 3 / 165,
      whole: 0.25,
    });
  });

  test('tell a billboard by its thin side', () => {
    const views = { unlit: [bar(30, red), bar(20, red), bar(0.6, red), bar(20, red)], fronts: [bar(30, red)] };
    const { seen, likeness } = scoreViews(stats, views, undefined);
    expect(seen).toBeLessThan(0.05);
    expect(likeness).toBe('not_scored');
  });

  test('of what cannot be seen are none for the views', () => {
    const views = { unlit: [bar(0, red), bar(0, red)], fronts: [bar(0, red)] };
    expect(scoreViews(stats, views, undefined)).toMatchObject({ seen: 0, unrepeated: 'not_scored' });
  });

  test('choose the front view that is most like the prompt', () => {
    const prompt = cutOut(bar(20, red));
    const views = { unlit: Array(4).fill(bar(20, red)), fronts: [bar(40, blue), bar(20, red)] };
    expect(scoreViews(stats, views, prompt).likeness).toBeGreaterThan(0.95);
  });
});

describe('the choice by scores', () => {
  test.each<[string, CandidateScores | null, CandidateScores | null, string, string]>([
    ['equal ones draw', good, good, 'draw', 'scores'],
    ['nearly equal ones draw', good, { ...good, closed: 0.95 }, 'draw', 'scores'],
    ['open edges lose', { ...good, closed: 0.7 }, good, 'b', 'scores'],
    ['a sword is as good as a chair', good, { ...good, seen: 0.12 }, 'draw', 'scores'],
    ['a billboard is not', good, { ...good, seen: 0.001 }, 'a', 'scores'],
    ['likeness outweighs a defect', { ...good, likeness: 0.5 }, { ...good, likeness: 0.8, whole: 0.5 }, 'b', 'scores'],
    ['a repeated front decides nothing', good, { ...good, unrepeated: 0 }, 'draw', 'scores'],
    ['a part that only one has does not count', { ...good, likeness: 0 }, good, 'draw', 'scores'],
    ['what cannot be drawn loses', null, good, 'b', 'missing_preview'],
    ['nor can two of them win', null, null, 'draw', 'missing_preview'],
  ])('%s', (_name, a, b, choice, decidedBy) => {
    expect(decideByScores(a, b)).toMatchObject({ choice, decidedBy });
  });
});

test.each<[string, Colour, boolean]>([
  ['white plaster', [230, 228, 225], true],
  ['dark iron', [40, 40, 42], false],
  ['yellow', [250, 220, 40], false],
])('%s fades into white: %s', (_name, colour, pale) => expect(isPale([bar(30, colour)])).toBe(pale));
