import type { Ballot } from '../../../schema/index.ts';

export interface TournamentResult<T> {
  /** The best candidate. */
  readonly winner: T;
  readonly ballots: readonly Ballot[];
}

/**
 * Finds the best of n candidates in n − 1 duels, the fewest that leave only one unbeaten: the leader meets each of the
 * others in turn, and only a lost duel costs it the lead. `seeded` is in the order of the scores without a model, best
 * first, so that a draw, or a judge that does not answer, leaves the lead with the better scored. Judges that prefer in
 * a circle end with whoever came last in it; n (n − 1) / 2 duels would show that, at their price.
 *
 * @throws RangeError without candidates
 */
export async function tournament<T>(
  seeded: readonly T[],
  duel: (leader: T, challenger: T) => Promise<Ballot>,
): Promise<TournamentResult<T>> {
  if (seeded.length === 0) throw new RangeError('A tournament needs a candidate.');
  const ballots: Ballot[] = [];
  let winner = seeded[0] as T;
  for (const challenger of seeded.slice(1)) {
    const ballot = await duel(winner, challenger);
    ballots.push(ballot);
    if (ballot.choice === 'b') winner = challenger;
  }
  return { winner, ballots };
}
