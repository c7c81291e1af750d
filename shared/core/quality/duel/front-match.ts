import type { DuelStages } from '../../../schema/index.ts';
import { type Compared, lessNoise } from './compare-orders.ts';
import { thresholds } from './thresholds.ts';

type FrontMatch = NonNullable<DuelStages['frontMatch']>;

const mean = (values: readonly number[]): number =>
  lessNoise(values.reduce((sum, value) => sum + value, 0) / values.length);

/** Share of the angles with a winner that have the same one as most; 1 when none has. */
function directionConsistency(leads: readonly number[]): { signed: number; share: number } {
  const forA = leads.filter((lead) => lead > 0).length;
  const forB = leads.filter((lead) => lead < 0).length;
  const signed = forA + forB;
  return { signed, share: signed === 0 ? 1 : Math.max(forA, forB) / signed };
}

function choose(angles: readonly Compared[]): 'a' | 'b' | 'draw' {
  const { badMean, badDraw, draw, consistency, signedAngles, leastAngles } = thresholds.front;
  if (angles.length < leastAngles) return 'draw';
  const leads = angles.map(({ penaltyA, penaltyB }) => penaltyB - penaltyA);
  const lead = mean(leads);
  const level = mean(angles.map(({ penaltyA, penaltyB }) => (penaltyA + penaltyB) / 2));
  if (level >= badMean && Math.abs(lead) <= badDraw) return 'draw';
  if (Math.abs(lead) <= draw) return 'draw';
  const { signed, share } = directionConsistency(leads);
  if (signed >= signedAngles && share < consistency) return 'draw';
  return lead > 0 ? 'a' : 'b';
}

function summary(
  compared: readonly Compared[],
  choice: (angles: readonly Compared[]) => FrontMatch['choice'],
): FrontMatch {
  const angles = compared.filter(({ contradictory }) => !contradictory);
  return {
    choice: compared.length < thresholds.front.leastAngles ? 'no_vote' : choice(angles),
    answered: compared.length,
    consistent: angles.length,
    angles: angles.map(({ about, penaltyA, penaltyB }) => ({ about, penaltyA, penaltyB })),
  };
}

/** First stage: four front views. A draw here means that the next stage is asked. */
export const decideFront = (compared: readonly Compared[]): FrontMatch => summary(compared, choose);

/** The same views on grey, for candidates that fade into white: only a clear lead counts. */
export const decideGray = (compared: readonly Compared[]): FrontMatch =>
  summary(compared, (angles) => {
    if (angles.length < thresholds.front.leastAngles) return 'draw';
    const lead = mean(angles.map(({ penaltyA, penaltyB }) => penaltyB - penaltyA));
    if (Math.abs(lead) < thresholds.gray.gap) return 'draw';
    return lead > 0 ? 'a' : 'b';
  });
