import type { DuelStages, Vote } from '../../../schema/index.ts';
import { compareOrders, lessNoise } from './compare-orders.ts';
import { thresholds } from './thresholds.ts';

type Voters = NonNullable<DuelStages['voters']>;
type Voter = Voters['bestView'];

const silent: Voter = { choice: 'no_vote', gap: null };

const byGap = (gap: number, least: number): Voter => ({
  choice: Math.abs(gap) < least ? 'draw' : gap > 0 ? 'a' : 'b',
  gap,
});

function penaltyVoter(votes: readonly Vote[], stage: Vote['stage'], least: number): Voter {
  const compared = compareOrders(votes.filter((vote) => vote.stage === stage))[0];
  if (!compared) return silent;
  const gap = lessNoise(compared.penaltyB - compared.penaltyA);
  return compared.contradictory ? { choice: 'draw', gap } : byGap(gap, least);
}

function checklistVoter(votes: readonly Vote[]): Voter {
  const points = (of: 'a' | 'b'): number | undefined =>
    votes.find(({ stage, order }) => stage === 'checklist' && order === of)?.points;
  const [a, b] = [points('a'), points('b')];
  return a === undefined || b === undefined ? silent : byGap(a - b, thresholds.checklist.gap);
}

/** Points of a checklist: 2 for yes, 1 for partial, 3 more when it is the ordered object at all. */
export const checklistPoints = (marks: readonly ('yes' | 'partial' | 'no')[], mainObject: boolean): number =>
  marks.reduce((sum, mark) => sum + (mark === 'yes' ? 2 : mark === 'partial' ? 1 : 0), mainObject ? 3 : 0);

/** A voter so clear that it decides alone, unless the other that could do so is for the other side. */
function strongChoice(bestView: Voter, checklist: Voter): 'a' | 'b' | undefined {
  const side = ({ choice }: Voter): 'a' | 'b' | undefined => (choice === 'a' || choice === 'b' ? choice : undefined);
  const [view, list] = [side(bestView), side(checklist)];
  if (view && list && view !== list) return undefined;
  if (view && Math.abs(bestView.gap ?? 0) >= thresholds.bestView.strong) return view;
  if (list && Math.abs(checklist.gap ?? 0) >= thresholds.checklist.strong) return list;
  return undefined;
}

function majority(voters: readonly Voter[]): Voters['choice'] {
  const of = (choice: Voter['choice']): number => voters.filter((voter) => voter.choice === choice).length;
  if (of('a') >= thresholds.votersToAgree) return 'a';
  if (of('b') >= thresholds.votersToAgree) return 'b';
  return voters.length - of('no_vote') >= thresholds.votersToAgree ? 'draw' : 'no_vote';
}

/** Second stage: the best view of each, flaws by kind, and a checklist of what was ordered. */
export function decideVoters(votes: readonly Vote[]): Voters {
  const bestView = penaltyVoter(votes, 'best_view', thresholds.bestView.gap);
  const artifacts = penaltyVoter(votes, 'artifacts', thresholds.artifacts.gap);
  const checklist = checklistVoter(votes);
  const strong = strongChoice(bestView, checklist);
  return {
    choice: strong ?? majority([bestView, artifacts, checklist]),
    bestView,
    artifacts,
    checklist,
    strong: strong !== undefined,
  };
}
