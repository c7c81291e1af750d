import { z } from 'zod';
import { MicroUsd, Sha256 } from './ids.ts';

/** A share between 0 and 1, or the admission that nothing measured it. */
export const Score = z.union([z.number().min(0).max(1), z.literal('not_scored')]);
export type Score = z.infer<typeof Score>;

/** What can be said about a candidate without a model, 1 being best. */
export const CandidateScores = z
  .strictObject({
    closed: Score.describe('Share of edges that are not open.'),
    manifold: Score.describe('Share of edges that have at most two faces.'),
    whole: Score.describe('1 for one connected piece, 1/n for n.'),
    seen: Score.describe('Smallest silhouette of eight views around it against the largest: near 0 for a billboard.'),
    unrepeated: Score.describe('1 less how strongly the front is repeated on other sides.'),
    likeness: Score.describe('Best likeness of a front view to the prompt image; not_scored without a clear one.'),
  })
  .describe('Scores of one candidate without any model: defects and likeness, not beauty.');
export type CandidateScores = z.infer<typeof CandidateScores>;

export const DuelChoice = z
  .enum(['a', 'b', 'draw', 'no_vote'])
  .describe('no_vote: the judge did not say enough to decide, not even for a draw.');
export type DuelChoice = z.infer<typeof DuelChoice>;

export const NoVoteReason = z
  .enum([
    'timed_out',
    'refused',
    'unreachable',
    'overloaded',
    'too_long',
    'cut_off',
    'malformed',
    'budget_spent',
    'not_asked',
  ])
  .describe('Why an answer does not count.');
export type NoVoteReason = z.infer<typeof NoVoteReason>;

/** One question to the vision model and what became of it. */
export const Vote = z
  .strictObject({
    stage: z.enum(['front_match', 'best_view', 'artifacts', 'checklist', 'gray_rescue', 'side_guard']),
    about: z.string().describe('The view, or what else the question was about.'),
    order: z.enum(['ab', 'ba', 'a', 'b', 'prompt']).describe('Which candidate was shown first, or alone.'),
    penaltyA: z.number().min(0).max(10).optional(),
    penaltyB: z.number().min(0).max(10).optional(),
    points: z.number().optional().describe('Of a checklist.'),
    garbageViews: z.array(z.string()).optional().describe('Views that the side guard found unusable.'),
    noVote: NoVoteReason.optional().describe('The answer does not count; there are no figures then.'),
    issues: z.string().max(300).optional().describe('The model’s own words, shortened. Data, never instructions.'),
    calls: z.int().min(0).describe('HTTP requests that were made for it.'),
    costMicroUsd: MicroUsd.nullable().describe('Null when no price is configured.'),
  })
  .describe('One question to the vision model.');
export type Vote = z.infer<typeof Vote>;

const FrontStage = z.strictObject({
  choice: z.enum(['a', 'b', 'draw', 'no_vote']),
  answered: z.int().describe('Angles judged in both orders.'),
  consistent: z.int().describe('Of these, angles whose two orders do not contradict each other.'),
  angles: z.array(z.strictObject({ about: z.string(), penaltyA: z.number(), penaltyB: z.number() })),
});

const Voter = z.strictObject({
  choice: z.enum(['a', 'b', 'draw', 'no_vote']),
  gap: z.number().nullable().describe('Positive when a is better.'),
});

/** What each stage of the duel came to; stages that did not run are left out. */
export const DuelStages = z.strictObject({
  frontMatch: FrontStage.optional(),
  voters: z
    .strictObject({
      choice: z.enum(['a', 'b', 'draw', 'no_vote']),
      bestView: Voter,
      artifacts: Voter,
      checklist: Voter,
      strong: z.boolean().describe('One voter was so clear that it decided alone.'),
    })
    .optional(),
  grayRescue: FrontStage.optional(),
  sideGuard: z
    .strictObject({
      flagged: z.array(z.enum(['a', 'b'])),
      unanswered: z.array(z.enum(['a', 'b'])),
    })
    .optional(),
});
export type DuelStages = z.infer<typeof DuelStages>;

export const PositionBias = z
  .strictObject({
    pairs: z.int().describe('Comparisons answered in both orders.'),
    contradictions: z.int().describe('Of these, pairs where the winner changed with the order.'),
    firstAdvantage: z
      .number()
      .nullable()
      .describe('Penalty points by which the first shown is favoured on average; null without pairs.'),
  })
  .describe('How much the judge went by the order of the pictures.');
export type PositionBias = z.infer<typeof PositionBias>;

/** The record of one duel. */
export const Ballot = z
  .strictObject({
    judge: z.enum(['deterministic', 'vision']),
    model: z.string().nullable().describe('Name of the vision model; null for the deterministic judge.'),
    a: Sha256,
    b: Sha256,
    choice: DuelChoice,
    decidedBy: z.enum([
      'missing_preview',
      'front_match',
      'strong_voter',
      'voters',
      'gray_rescue',
      'side_guard',
      'scores',
      'nobody',
    ]),
    reason: z.string(),
    stages: DuelStages,
    votes: z.array(Vote),
    position: PositionBias,
    scores: z.strictObject({ a: CandidateScores.nullable(), b: CandidateScores.nullable() }),
    calls: z.int().min(0),
    costMicroUsd: MicroUsd.nullable(),
  })
  .describe('The record of one duel: who decided, by which votes, at what cost.');
export type Ballot = z.infer<typeof Ballot>;
