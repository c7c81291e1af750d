import type { Ballot, DuelChoice, DuelStages, Vote } from '../../../schema/index.ts';
import { compareOrders } from './compare-orders.ts';
import { type CountedVote, countVote, type DuelReply, isFlagged } from './count-vote.ts';
import { decideFront, decideGray } from './front-match.ts';
import {
  compareArtifacts,
  comparePenalties,
  type DuelPrompt,
  type DuelQuestion,
  inspectSides,
  listFeatures,
  markFeatures,
} from './questions.ts';
import { decideVoters } from './three-voters.ts';

/** What the duel must know of a candidate before any question. */
export interface DuelSide {
  /** False when it could not be drawn. */
  readonly hasPreview: boolean;
  /** The view that shows it best; one of `frontViews`. */
  readonly bestView: string;
  /** It fades into a white background. */
  readonly isPale: boolean;
}

export interface DuelInput {
  readonly prompt: DuelPrompt;
  readonly a: DuelSide;
  readonly b: DuelSide;
}

export type DuelResult = Pick<Ballot, 'choice' | 'decidedBy' | 'reason'> & {
  readonly stages: DuelStages;
  readonly votes: readonly Vote[];
};

/** A duel as a machine: yields questions that may be asked at once, is given their replies, returns the result. */
export type DuelMachine = Generator<readonly DuelQuestion[], DuelResult, readonly DuelReply[]>;

export const frontViews = ['front_left', 'front_right', 'front_below', 'front_above'] as const;

type Decision = Pick<Ballot, 'choice' | 'decidedBy' | 'reason'>;

function withoutPreview({ a, b }: DuelInput): Decision | undefined {
  if (a.hasPreview && b.hasPreview) return undefined;
  const choice: DuelChoice = a.hasPreview ? 'a' : b.hasPreview ? 'b' : 'draw';
  const reason = choice === 'draw' ? 'Neither candidate can be drawn.' : 'The other candidate cannot be drawn.';
  return { choice, decidedBy: 'missing_preview', reason };
}

const sides = ['a', 'b'] as const;
const nobody = (reason: string): Decision => ({ choice: 'no_vote', decidedBy: 'nobody', reason });

type Ask = (
  questions: readonly DuelQuestion[],
  features?: number,
) => Generator<readonly DuelQuestion[], CountedVote[], readonly DuelReply[]>;

/** Asks, and keeps every vote. */
function askInto(votes: Vote[]): Ask {
  return function* ask(questions, features) {
    const replies = yield questions;
    const counted = questions.map((question, i) =>
      countVote(
        question,
        replies[i] ?? { status: 'no_answer', reason: 'not_asked', calls: 0, costMicroUsd: 0 },
        features,
      ),
    );
    votes.push(...counted.map(({ vote }) => vote));
    return counted;
  };
}

const frontQuestions = (stage: 'front_match' | 'gray_rescue', prompt: DuelPrompt): DuelQuestion[] =>
  frontViews.flatMap((view) =>
    comparePenalties(stage, view, prompt, () => (stage === 'gray_rescue' ? `gray_${view}` : view)),
  );

type Asking<T> = Generator<readonly DuelQuestion[], T, readonly DuelReply[]>;

function* askVoters(input: DuelInput, ask: Ask): Asking<NonNullable<DuelStages['voters']>> {
  const { prompt } = input;
  const first = yield* ask([
    ...comparePenalties('best_view', 'best_view', prompt, (of) => input[of].bestView),
    ...compareArtifacts(prompt),
    listFeatures(prompt),
  ]);
  const features = first.at(-1)?.features;
  const marks = features
    ? yield* ask(
        sides.map((of) => markFeatures(of, prompt, features)),
        features.length,
      )
    : [];
  return decideVoters([...first, ...marks].map(({ vote }) => vote));
}

/** After the votes: a winner with unusable sides only draws, and in a draw the other one wins. */
function* guardSides(input: DuelInput, ask: Ask, stages: DuelStages, before: Decision): Asking<Decision> {
  const counted = yield* ask(sides.map((of) => inspectSides(of, input.prompt)));
  const flagged = sides.filter((_, i) => isFlagged(counted[i]?.vote));
  const unanswered = sides.filter((_, i) => counted[i]?.vote.garbageViews === undefined);
  stages.sideGuard = { flagged, unanswered };
  const choice: DuelChoice =
    before.choice === 'draw'
      ? flagged.length === 1
        ? flagged[0] === 'a'
          ? 'b'
          : 'a'
        : 'draw'
      : flagged.some((of) => of === before.choice)
        ? 'draw'
        : before.choice;
  if (choice === before.choice) return before;
  const why = choice === 'draw' ? 'The winner has unusable sides' : 'The other candidate has unusable sides';
  return { choice, decidedBy: 'side_guard', reason: `${why}; before that: ${before.reason}` };
}

function decisionOfVoters(stages: DuelStages): Decision {
  const { frontMatch, voters } = stages;
  if (voters?.choice === 'a' || voters?.choice === 'b') {
    return voters.strong
      ? { choice: voters.choice, decidedBy: 'strong_voter', reason: 'One voter was so clear that it decided alone.' }
      : { choice: voters.choice, decidedBy: 'voters', reason: 'At least two of three voters agree.' };
  }
  if (voters?.choice === 'draw' && frontMatch?.choice === 'draw') {
    return { choice: 'draw', decidedBy: 'voters', reason: 'The fronts are level and the voters do not agree.' };
  }
  return nobody('Too few answers came to decide, or to call it a draw.');
}

/**
 * The staged duel of the network’s judge: four front views; where they are level three voters; pale candidates again on
 * grey; and a guard over the sides that nobody looked at. Every comparison is asked in both orders. 8 questions when the
 * fronts decide, 25 at most.
 */
export function* duel(input: DuelInput): DuelMachine {
  const votes: Vote[] = [];
  const stages: DuelStages = {};
  const end = (decision: Decision): DuelResult => ({ ...decision, stages, votes });
  const missing = withoutPreview(input);
  if (missing) return end(missing);

  const ask = askInto(votes);
  const fronts = (yield* ask(frontQuestions('front_match', input.prompt))).map(({ vote }) => vote);
  stages.frontMatch = decideFront(compareOrders(fronts));
  const { choice } = stages.frontMatch;
  if (choice === 'a' || choice === 'b') {
    return end({ choice, decidedBy: 'front_match', reason: 'The front views decide.' });
  }
  // A judge that answered none of eight questions is not asked seventeen more.
  if (fronts.every(({ noVote }) => noVote !== undefined)) return end(nobody('The judge gave no answer that counts.'));

  stages.voters = yield* askVoters(input, ask);
  let decision = decisionOfVoters(stages);
  if (decision.choice !== 'a' && decision.choice !== 'b' && (input.a.isPale || input.b.isPale)) {
    const gray = yield* ask(frontQuestions('gray_rescue', input.prompt));
    stages.grayRescue = decideGray(compareOrders(gray.map(({ vote }) => vote)));
    const rescued = stages.grayRescue.choice;
    if (rescued === 'a' || rescued === 'b') {
      decision = { choice: rescued, decidedBy: 'gray_rescue', reason: 'On a grey background one is clearly better.' };
    }
  }
  if (decision.choice === 'no_vote') return end(decision);
  return end(yield* guardSides(input, ask, stages, decision));
}
