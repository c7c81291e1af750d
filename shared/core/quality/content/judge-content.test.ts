import { describe, expect, test } from '@jest/globals';
import { findProfile } from '../../../profiles/profiles.ts';
import type { CheckRule, Profile } from '../../../schema/index.ts';
import { type ContentAnswer, type ContentScores, judgeContent } from './judge-content.ts';

const picture = { width: 1, height: 1, data: new Uint8Array(4) };
const views = Array(12).fill(picture);
const rule: CheckRule = { severity: 'error', source: 'policy of a tenant', checked: '2026-11-25' };
const under = (content_unsafe: CheckRule | undefined): Profile => ({
  ...findProfile('web'),
  checks: content_unsafe ? { content_unsafe } : {},
});
const seen = (porn: number, hentai = 0): ContentScores => ({
  ...{ porn, hentai, sexy: 0, drawing: 0, neutral: 1 - porn - hentai },
});
const harmless = seen(0.01);
/** Six views of which the third is as told. */
const answer = (third: ContentScores): ContentAnswer => ({
  status: 'scored',
  model: 'a model',
  scores: [harmless, harmless, third, harmless, harmless, harmless],
});

describe('content', () => {
  test.each([
    ['nobody has a rule for it', undefined],
    ['it is turned off', { ...rule, severity: 'off' }],
  ] as const)('is not looked at when %s', async (_, said) => {
    const refuse = () => Promise.reject(new Error('was asked'));
    expect(await judgeContent(views, under(said), 'model', refuse)).toEqual([]);
  });

  test('that is explicit in one view is a finding of the rule’s severity, with the view', async () => {
    const asked: number[] = [];
    const [finding, ...more] = await judgeContent(views, under(rule), 'model', async (pictures) => {
      asked.push(pictures.length);
      return answer(seen(0.4, 0.3));
    });
    expect(asked).toEqual([6]);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      code: 'content_unsafe',
      severity: 'error',
      measured: 0.7,
      limit: 0.5,
      file: 'model',
    });
    expect(finding!.message).toMatch(/^view-03 looks explicit, 70 % by a model/);
  });

  test('is measured against the limit of the rule, and handed to a person where the rule wants one', async () => {
    const strict = under({ ...rule, severity: 'warning', review: true, limit: 0.2 });
    const judge = (third: ContentScores, profile: Profile) =>
      judgeContent(views, profile, 'model', async () => answer(third));
    expect(await judge(seen(0.2), strict)).toEqual([]);
    expect(await judge(seen(0.3), under(rule))).toEqual([]);
    expect(await judge(seen(0.3), strict)).toMatchObject([{ severity: 'warning', review: true, limit: 0.2 }]);
  });

  test.each<[string, ContentAnswer, RegExp]>([
    [
      'packages are missing',
      { status: 'not_scored', reason: 'nsfwjs is not installed', remedy: 'Install it.' },
      /nsfwjs is not/,
    ],
    [
      'a view has no score',
      { status: 'scored', model: 'a model', scores: [harmless] },
      /a model gave no usable scores/,
    ],
    ['a score is no number', answer(seen(Number.NaN)), /no usable scores/],
    ['a score is above one', answer(seen(7)), /no usable scores/],
  ])('is said not to be checked when %s', async (_, given, words) => {
    const found = await judgeContent(views, under(rule), 'model', async () => given);
    expect(found).toEqual([expect.objectContaining({ code: 'content_not_checked', severity: 'error' })]);
    expect(found[0]!.measured).toBeUndefined();
    expect(found[0]!.message).toMatch(words);
  });
});
