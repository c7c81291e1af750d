import { z } from 'zod';
import { decideByScores } from '../../shared/core/quality/duel/candidate-scores.ts';
import { measurePosition } from '../../shared/core/quality/duel/compare-orders.ts';
import { type DuelSide, duel, frontViews } from '../../shared/core/quality/duel/duel.ts';
import { answerSchemas, type DuelPrompt, type DuelQuestion } from '../../shared/core/quality/duel/questions.ts';
import { type AskDuelQuestion, type DuelBudget, runDuel } from '../../shared/core/quality/duel/run-duel.ts';
import type { JudgedPicture, Portrait, VisionImage, VisionJudge, VisionQuestion } from '../../shared/ports/index.ts';
import type { Ballot } from '../../shared/schema/index.ts';

/** One of the models to be compared. */
export interface Candidate {
  readonly sha256: string;
  /** Undefined when it could not be drawn. */
  readonly portrait: Portrait | undefined;
}

/** A model that looks, and what one duel with it may take. */
export interface DuelJudge {
  readonly vision: VisionJudge;
  readonly budget: DuelBudget;
  /** Of the whole duel. */
  readonly timeoutMs: number;
  /** Side of the pictures that it is shown; even. */
  readonly picturePx: number;
}

const sideOf = ({ portrait }: Candidate): DuelSide => ({
  hasPreview: portrait?.isVisible ?? false,
  bestView: portrait?.bestView ?? frontViews[0],
  isPale: portrait?.isPale ?? false,
});

const scoresOf = ({ portrait }: Candidate) => (portrait?.isVisible ? portrait.scores : null);

/** JSON schemas of the answers. Without the dialect’s name, which some endpoints refuse. */
function jsonSchemaOf(name: DuelQuestion['answerName']): Record<string, unknown> {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(answerSchemas[name]) as Record<string, unknown>;
  return schema;
}

/** Puts the pictures to a question. Undefined when one is missing: then it cannot be asked. */
function questionOf(question: DuelQuestion, pictureOf: (of: string, view: string) => JudgedPicture | undefined) {
  const images: VisionImage[] = [];
  for (const { of, view, label } of question.pictures) {
    const picture = pictureOf(of, view);
    if (!picture) return undefined;
    images.push({ label, contentType: picture.contentType, bytes: picture.bytes });
  }
  const { instructions, text, answerName } = question;
  return { instructions, text, images, answerName, answerSchema: jsonSchemaOf(answerName) } satisfies VisionQuestion;
}

async function duelByVision(a: Candidate, b: Candidate, prompt: DuelPrompt, judge: DuelJudge) {
  const { vision, budget, timeoutMs } = judge;
  const pictures = new Map<string, JudgedPicture>();
  for (const [of, { portrait }] of [['a', a] as const, ['b', b] as const]) {
    for (const picture of portrait?.pictures ?? []) pictures.set(`${of}/${picture.view}`, picture);
    if (portrait?.prompt) pictures.set('prompt/image', portrait.prompt);
  }
  const signal = AbortSignal.timeout(timeoutMs);
  const ask: AskDuelQuestion = async (question, allowance) => {
    const asked = questionOf(question, (of, view) => pictures.get(`${of}/${view}`));
    if (!asked) return { status: 'no_answer', reason: 'not_asked', calls: 0, costMicroUsd: 0 };
    return vision.ask(asked, { ...allowance, signal });
  };
  return runDuel(duel({ prompt, a: sideOf(a), b: sideOf(b) }), ask, budget);
}

/**
 * Lets a judge choose between two candidates: the vision model if there is one, else the scores that need no model. The
 * ballot says which. A model that does not answer ends as `no_vote`; the scores never stand in for it.
 */
export async function holdDuel(
  a: Candidate,
  b: Candidate,
  prompt: DuelPrompt | undefined,
  judge: DuelJudge | undefined,
): Promise<Ballot> {
  const scores = { a: scoresOf(a), b: scoresOf(b) };
  const record = { a: a.sha256, b: b.sha256, scores };
  if (!judge || !prompt) {
    const decision = decideByScores(scores.a, scores.b);
    const none = { stages: {}, votes: [], position: measurePosition([]), calls: 0, costMicroUsd: 0 };
    return { judge: 'deterministic', model: null, ...record, ...decision, ...none };
  }
  const { votes, ...result } = await duelByVision(a, b, prompt, judge);
  const counted = { votes: [...votes], position: measurePosition(votes) };
  return { judge: 'vision', model: judge.vision.model, ...record, ...result, ...counted };
}
