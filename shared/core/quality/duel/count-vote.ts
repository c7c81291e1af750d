import type { NoVoteReason, Vote } from '../../../schema/index.ts';
import { type Answer, type AnswerName, parseAnswer, shortIssues } from './parse-answer.ts';
import type { DuelQuestion } from './questions.ts';
import { checklistPoints } from './three-voters.ts';
import { thresholds } from './thresholds.ts';

/** What came back for a question. */
export type DuelReply = (
  | { readonly status: 'answered'; readonly text: string }
  | { readonly status: 'no_answer'; readonly reason: NoVoteReason }
) & { readonly calls: number; readonly costMicroUsd: number | null };

export interface CountedVote {
  readonly vote: Vote;
  /** What the checklist is made of, when that was the question. */
  readonly features?: readonly string[];
}

type Figures = Pick<Vote, 'penaltyA' | 'penaltyB' | 'points' | 'garbageViews' | 'issues' | 'noVote'>;

const bySide = (order: Vote['order'], first: number, second: number): Figures =>
  order === 'ab' ? { penaltyA: first, penaltyB: second } : { penaltyA: second, penaltyB: first };

const flawMean = (flaws: Answer<'artifacts'>['first']): number =>
  (flaws.junk + flaws.material + flaws.surface + flaws.detail) / 4;

/** A side guard’s answer counts by the number of its garbage views. */
export const isFlagged = (vote: Vote | undefined): boolean =>
  (vote?.garbageViews?.length ?? 0) >= thresholds.garbageViews;

const figures: { [N in AnswerName]: (answer: Answer<N>, order: Vote['order'], features: number) => Figures } = {
  penalties: ({ first, second }, order) => bySide(order, first, second),
  artifacts: ({ first, second }, order) => bySide(order, flawMean(first), flawMean(second)),
  features: () => ({}),
  // Marks that do not match the features one to one say nothing.
  checklist: ({ marks, mainObject }, _order, features) =>
    marks.length === features ? { points: checklistPoints(marks, mainObject) } : { noVote: 'malformed' },
  sides: ({ right, back, left, top }) => ({
    garbageViews: Object.entries({ right, back, left, top }).flatMap(([view, said]) =>
      said === 'garbage' ? [view] : [],
    ),
  }),
};

/**
 * Turns a reply into a vote. Whatever is not an answer of the asked schema is a vote without figures.
 *
 * @param features - how many features a checklist has
 */
export function countVote(question: DuelQuestion, reply: DuelReply, features = 0): CountedVote {
  const { stage, about, order, answerName } = question;
  const { calls, costMicroUsd } = reply;
  const base = { stage, about, order, calls, costMicroUsd };
  if (reply.status === 'no_answer') return { vote: { ...base, noVote: reply.reason } };
  const answer = parseAnswer(reply.text, answerName);
  if (!answer) return { vote: { ...base, noVote: 'malformed' } };
  const issues = 'issues' in answer && answer.issues ? { issues: shortIssues(answer.issues) } : {};
  const read = figures[answerName] as (answer: unknown, order: Vote['order'], features: number) => Figures;
  const vote: Vote = { ...base, ...read(answer, order, features), ...issues };
  return 'features' in answer ? { vote, features: answer.features } : { vote };
}
