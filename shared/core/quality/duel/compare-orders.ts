import type { PositionBias, Vote } from '../../../schema/index.ts';

/** One comparison in both orders. Penalties are means of the two. */
export interface Compared {
  readonly about: string;
  readonly penaltyA: number;
  readonly penaltyB: number;
  /** The winner changed with the order: says nothing about the candidates. */
  readonly contradictory: boolean;
}

type Counted = Vote & { readonly penaltyA: number; readonly penaltyB: number };

const counts = (vote: Vote): vote is Counted => vote.penaltyA !== undefined && vote.penaltyB !== undefined;

/** Pairs of votes on the same thing, one in each order; those that lack one are left out. */
function pairsOf(votes: readonly Vote[]): [Counted, Counted][] {
  const counted = votes.filter(counts);
  return counted
    .filter(({ order }) => order === 'ab')
    .flatMap((ab) => {
      const ba = counted.find((vote) => vote.order === 'ba' && vote.stage === ab.stage && vote.about === ab.about);
      return ba ? [[ab, ba] satisfies [Counted, Counted]] : [];
    });
}

/** Penalties have a decimal or two: without the noise of binary fractions 5.7 is 0.7 over 5. */
export const lessNoise = (value: number): number => Math.round(value * 1e6) / 1e6;

const lead = ({ penaltyA, penaltyB }: Counted): number => penaltyB - penaltyA;

const contradict = ([ab, ba]: [Counted, Counted]): boolean => lead(ab) * lead(ba) < 0;

/** What was answered in both orders. One order alone is no vote. */
export const compareOrders = (votes: readonly Vote[]): Compared[] =>
  pairsOf(votes).map((pair) => {
    const [ab, ba] = pair;
    return {
      about: ab.about,
      penaltyA: (ab.penaltyA + ba.penaltyA) / 2,
      penaltyB: (ab.penaltyB + ba.penaltyB) / 2,
      contradictory: contradict(pair),
    };
  });

/**
 * How much a judge goes by position. What a candidate deserves counts once for and once against the first place, and
 * cancels out; what is left is the place itself.
 */
export function measurePosition(votes: readonly Vote[]): PositionBias {
  const pairs = pairsOf(votes);
  const advantage = pairs.reduce((sum, [ab, ba]) => sum + (lead(ab) - lead(ba)) / 2, 0);
  return {
    pairs: pairs.length,
    contradictions: pairs.filter(contradict).length,
    firstAdvantage: pairs.length === 0 ? null : advantage / pairs.length,
  };
}
