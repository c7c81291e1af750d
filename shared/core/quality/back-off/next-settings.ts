import type { GateRound, Profile, RoundSettings, TargetPlan } from '../../../schema/index.ts';
import { cureOf } from './cures.ts';
import { type Ailment, ladderOf } from './ladder.ts';

/** What follows on a round. `accept` is the index in the history of the round that is delivered, or reported. */
export type RoundDecision =
  | { readonly kind: 'done'; readonly accept: number }
  /** `accept`: what stands if the next round fails otherwise than at the gate. */
  | { readonly kind: 'again'; readonly settings: RoundSettings; readonly accept: number }
  | { readonly kind: 'give_up'; readonly accept: number; readonly reasons: string[] };

/** Rounds after the first one, unless the recipe says otherwise. */
export const roundsAtMost = 4;

const passed = ({ verdict }: GateRound): boolean => verdict !== 'rejected';

const same = (a: RoundSettings, b: RoundSettings): boolean =>
  a.triangles === b.triangles &&
  a.textureSizePx === b.textureSizePx &&
  a.textureQuality === b.textureQuality &&
  a.geometryCompression === b.geometryCompression;

/** Where the border between rungs that miss the first round’s limits and all others can still be. */
interface Bracket {
  /** Highest rung that still misses what the first round missed. */
  on: number;
  /** Lowest rung that passes or goes too far. */
  back: number;
  /** The passing rung nearest to the plan, as an index of the history. */
  best: number | undefined;
  /** A rung missed both what the first round missed and something else: nothing passes on either side of it. */
  torn: boolean;
}

function bracketOf(
  history: readonly GateRound[],
  ladder: readonly RoundSettings[],
  ailments: readonly Ailment[],
): Bracket {
  const bracket: Bracket = { on: 0, back: ladder.length, best: undefined, torn: false };
  const directions = new Set(ailments.map(({ cure }) => cure.direction));
  // Where both directions are mended at once, only the first round’s own codes say that it was not enough.
  const isSame = (code: string): boolean => {
    const direction = cureOf(code)?.direction;
    const alike = directions.size === 1 && direction !== undefined && directions.has(direction);
    return alike || ailments.some((ailment) => ailment.code === code);
  };
  for (const [index, round] of history.entries()) {
    if (index === 0) continue;
    const rung = ladder.findIndex((settings) => same(settings, round.settings));
    if (rung < 0) return { ...bracket, torn: true };
    if (passed(round)) {
      if (rung < bracket.back) Object.assign(bracket, { back: rung, best: index });
      continue;
    }
    const [missed, other] = [round.codes.some(isSame), !round.codes.every(isSame)];
    if (missed && other) bracket.torn = true;
    if (missed) bracket.on = Math.max(bracket.on, rung);
    else bracket.back = Math.min(bracket.back, rung);
  }
  return bracket;
}

/** What the first round missed, and what of it no settings cure. What has to rise for one code is not lowered for another. */
function ailmentsOf({ codes }: GateRound): { ailments: Ailment[]; incurable: string[] } {
  const known = codes.flatMap((code) => {
    const cure = cureOf(code);
    return cure ? [{ code, cure }] : [];
  });
  const raised = new Set(known.filter(({ cure }) => cure.direction === 'raise').flatMap(({ cure }) => cure.levers));
  const ailments = known.map(({ code, cure }): Ailment => {
    if (cure.direction === 'raise') return { code, cure };
    return { code, cure: { ...cure, levers: cure.levers.filter((lever) => !raised.has(lever)) } };
  });
  const curable = new Set(ailments.filter(({ cure }) => cure.levers.length > 0).map(({ code }) => code));
  return { ailments, incurable: codes.filter((code) => !curable.has(code)) };
}

/**
 * Decides what follows on the last round of a history. A first round that passed, or that needs a review, is final. One
 * that missed limits which settings can cure starts a bisection on the ladder of settings (`ladderOf`): each round
 * halves what is left, so none is tried twice and the passing rung nearest to the plan is found in `most` rounds. That
 * rung is the smallest passing one where fidelity was missed, and where a limit was missed the one that gives up least.
 *
 * @param history - the rounds of this target, oldest first, at least one.
 */
export function nextSettings(
  history: readonly GateRound[],
  profile: Profile,
  plan: TargetPlan,
  most: number = plan.backOff?.rounds ?? roundsAtMost,
): RoundDecision {
  const last = history.length - 1;
  const [first] = history;
  if (!first || passed(first)) return { kind: 'done', accept: 0 };
  const { ailments, incurable } = ailmentsOf(first);
  if (incurable.length > 0) {
    return { kind: 'give_up', accept: last, reasons: [`No other settings cure ${incurable.join(', ')}.`] };
  }
  if (most === 0) return { kind: 'give_up', accept: last, reasons: ['The recipe lets no settings be changed.'] };
  const ladder = ladderOf(first, ailments, { profile, plan, most: 2 ** most - 1 });
  const { on, back, best, torn } = bracketOf(history, ladder, ailments);
  const settings = ladder[Math.floor((on + back) / 2)];
  if (settings && back - on > 1 && !torn && last < most) return { kind: 'again', settings, accept: best ?? last };
  if (best !== undefined) return { kind: 'done', accept: best };
  const changed =
    last === 0
      ? 'Within the range of the target there are no other settings to try.'
      : `Settings were changed ${last} ${last === 1 ? 'time' : 'times'}; no round kept to all limits.`;
  return { kind: 'give_up', accept: last, reasons: [changed] };
}
