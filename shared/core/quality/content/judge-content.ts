import type { Finding, Profile } from '../../../schema/index.ts';
import { viewName } from '../fidelity/view-names.ts';
import type { Picture } from '../metrics/picture.ts';

/** What a classifier sees in a picture, by the classes of nsfwjs: shares that sum to 1. */
export interface ContentScores {
  readonly drawing: number;
  readonly hentai: number;
  readonly neutral: number;
  readonly porn: number;
  readonly sexy: number;
}

/** Scores of every view, in order, or why there are none: reason without, remedy with a full stop. */
export type ContentAnswer =
  | { readonly status: 'scored'; readonly model: string; readonly scores: readonly ContentScores[] }
  | { readonly status: 'not_scored'; readonly reason: string; readonly remedy: string };

/** Looks at opaque pictures. It always answers: what fails is `not_scored`. */
export type ContentClassifier = (views: readonly Picture[]) => Promise<ContentAnswer>;

/**
 * Share of the classes porn and hentai that one view may have: more likely than not. Our own choice; seventeen harmless
 * models as ten generators and a scanner deliver them have at most 0.10 in any of these views.
 */
export const unsafeLimit = 0.5;

/** Of the twelve views: the five around from above, beginning in front, and the first of those from below. */
const looked = [0, 1, 2, 3, 4, 5];

const remedy = 'Have somebody look at the pictures, and generate another model.';
const explicit = ({ hentai, porn }: ContentScores): number => hentai + porn;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

const isSound = (scores: readonly ContentScores[], count: number): boolean =>
  scores.length === count && scores.every((each) => explicit(each) >= 0 && explicit(each) <= 1.001);

/**
 * Whether views of a model show what is not for everybody. Off unless the profile has a rule for `content_unsafe`. What
 * cannot be looked at is `content_not_checked`, as severe as the rule: no score is made up.
 *
 * @param views - the twelve views of the gate, opaque
 */
export async function judgeContent(
  views: readonly Picture[],
  { checks }: Profile,
  file: string,
  classify: ContentClassifier,
): Promise<Finding[]> {
  const rule = checks?.content_unsafe;
  if (!rule || rule.severity === 'off') return [];
  const { severity, source, review, limit = unsafeLimit } = rule;
  const about = { severity, file, source, ...(review ? { review } : {}) };
  const indices = looked.filter((view) => view < views.length);
  const answer = await classify(indices.map((view) => views[view]!));
  if (answer.status === 'not_scored' || !isSound(answer.scores, indices.length)) {
    const { reason, remedy: cure } =
      answer.status === 'not_scored' ? answer : { reason: `${answer.model} gave no usable scores`, remedy };
    return [{ code: 'content_not_checked', ...about, message: `Content was not checked: ${reason}.`, remedy: cure }];
  }
  const shares = answer.scores.map(explicit);
  const measured = Number(Math.max(...shares).toPrecision(4));
  if (measured <= limit) return [];
  const worst = viewName(indices[shares.indexOf(Math.max(...shares))]!);
  const message = `${worst} looks explicit, ${percent(measured)} by ${answer.model}, which errs in one of ten pictures.`;
  return [{ code: 'content_unsafe', ...about, measured, limit, message, remedy }];
}
