import { totalScores } from '../../shared/core/quality/duel/candidate-scores.ts';
import type { DuelPrompt } from '../../shared/core/quality/duel/questions.ts';
import { tournament } from '../../shared/core/quality/duel/tournament.ts';
import { AtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { Engine, Portrait } from '../../shared/ports/index.ts';
import type { Ballot } from '../../shared/schema/index.ts';
import { type Candidate, type DuelJudge, holdDuel } from './hold-duel.ts';

/** What the candidates were to show. */
export type ComparedPrompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly image: Uint8Array };

export interface ComparedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Comparison {
  /**
   * Index of the best; of those that only drew, the better scored. Null when some duel had no vote, or nothing could be
   * drawn.
   */
  readonly winner: number | null;
  /** In the order of the files. */
  readonly candidates: readonly { readonly name: string; readonly sha256: string; readonly failure: string | null }[];
  readonly ballots: readonly Ballot[];
}

/** A file that is broken loses; one that Atlas cannot judge, or work that failed by itself, must not. */
const notItsFault = new Set([
  'format_unsupported',
  'format_unknown',
  'work_crashed',
  'work_timeout',
  'cancelled',
  'internal',
]);

const lookedAt = (portrait: Portrait | undefined): Portrait | undefined => (portrait?.isVisible ? portrait : undefined);

/** Worth of a candidate by itself: the order of the tournament. Those that cannot be drawn come last. */
function worthOf(portrait: Portrait | undefined): number {
  const seen = lookedAt(portrait);
  return seen ? (totalScores(seen.scores, seen.scores)?.a ?? 0) : -1;
}

async function portrayOne(engine: Engine, file: ComparedFile, prompt: ComparedPrompt | undefined, picturePx: number) {
  // The engine takes buffers over: each run gets its own.
  const image = prompt?.kind === 'image' ? prompt.image.slice() : undefined;
  const sha256 = sha256Hex(file.bytes);
  try {
    const portrait = await engine.run('portray', {
      bytes: file.bytes.slice(),
      fileName: file.name,
      prompt: image,
      picturePx,
    });
    return { sha256, portrait, failure: portrait.isVisible ? null : 'Nothing of it can be seen.' };
  } catch (error) {
    const isBroken = error instanceof AtlasError && !notItsFault.has(error.code) && error.pointer !== '/prompt';
    if (!isBroken) throw error;
    return { sha256, portrait: undefined, failure: `${error.message} (${error.code})` };
  }
}

/**
 * Finds the best of several models in one duel fewer than there are models.
 *
 * @param judge - undefined: the deterministic judge. It decides as well when there is no prompt to judge by.
 * @throws AtlasError for files that Atlas does not judge, and for a prompt image that cannot be read
 */
export async function compareCandidates(
  engine: Engine,
  files: readonly ComparedFile[],
  prompt: ComparedPrompt | undefined,
  judge: DuelJudge | undefined,
): Promise<Comparison> {
  const judged = await Promise.all(
    files.map(async (file, index) => ({
      ...(await portrayOne(engine, file, prompt, judge && prompt ? judge.picturePx : 0)),
      ...{ index, name: file.name },
    })),
  );
  const asked: DuelPrompt | undefined = prompt?.kind === 'image' ? { kind: 'image' } : prompt;
  const seeded = judged.toSorted((p, q) => worthOf(q.portrait) - worthOf(p.portrait) || p.index - q.index);
  const contest = await tournament(seeded, (a: Candidate, b: Candidate) => holdDuel(a, b, asked, judge));
  const { ballots } = contest;
  const isDecided =
    ballots.every(({ choice }) => choice !== 'no_vote') && lookedAt(contest.winner.portrait) !== undefined;
  return {
    winner: isDecided ? contest.winner.index : null,
    candidates: judged.map(({ name, sha256, failure }) => ({ name, sha256, failure })),
    ballots,
  };
}
