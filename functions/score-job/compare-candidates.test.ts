import { describe, expect, test } from '@jest/globals';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { Engine, VisionAnswer, VisionJudge, VisionQuestion } from '../../shared/ports/index.ts';
import { Ballot } from '../../shared/schema/index.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { sharp } from '../engine/images.ts';
import { runTask } from '../engine/run-task.ts';
import { compareCandidates } from './compare-candidates.ts';
import type { DuelJudge } from './hold-duel.ts';

const drawn = new Map<string, Promise<unknown>>();

/** The real work, done once for the same input: drawing for a model takes seconds. */
const engine: Engine = {
  run(task, input) {
    const key = sha256Hex(JSON.stringify([task, input]));
    const running = drawn.get(key) ?? runTask(task, input);
    drawn.set(key, running);
    return running as ReturnType<typeof runTask<typeof task>>;
  },
  close: async () => undefined,
};

async function sphere(name: string, colour: [number, number, number], nodes = 1) {
  const document = sphereDocument({ segments: 12, uv: true, nodes });
  document
    .getRoot()
    .listMaterials()[0]!
    .setBaseColorFactor([...colour, 1])
    .setMetallicFactor(0);
  return { name, bytes: await writeGlb(document) };
}
const red = () => sphere('red.glb', [0.6, 0.02, 0.02]);
const blue = () => sphere('blue.glb', [0.02, 0.02, 0.6]);
const broken = { name: 'broken.glb', bytes: new Uint8Array([0x67, 0x6c, 0x54, 0x46, 2, 0, 0, 0]) };

/** A red disc on white, as a photograph of the ordered ball. */
const redDisc = async () =>
  new Uint8Array(
    await sharp(
      Buffer.from(
        '<svg width="128" height="128"><rect width="128" height="128" fill="#fff"/><circle cx="64" cy="64" r="40" fill="#c01818"/></svg>',
      ),
    )
      .png()
      .toBuffer(),
  );

function judgeThatSays(say: (question: VisionQuestion) => VisionAnswer): DuelJudge & { asked: VisionQuestion[] } {
  const asked: VisionQuestion[] = [];
  const vision: VisionJudge = {
    model: 'stand-in',
    ask: async (question) => {
      asked.push(question);
      return say(question);
    },
  };
  const budget = { calls: 40, callsPerQuestion: 1, microUsd: undefined, concurrency: 4 };
  return { vision, budget, timeoutMs: 60_000, picturePx: 64, asked };
}

describe('without a model', () => {
  test('the candidate that looks like the prompt image wins, and the ballot says who judged', async () => {
    const comparison = await compareCandidates(
      engine,
      [await blue(), await red()],
      { kind: 'image', image: await redDisc() },
      undefined,
    );
    expect(comparison.winner).toBe(1);
    const ballot = Ballot.parse(comparison.ballots[0]);
    expect(ballot).toMatchObject({ judge: 'deterministic', model: null, choice: 'a', decidedBy: 'scores', calls: 0 });
    expect(ballot.a).toBe(comparison.candidates[1]?.sha256);
  });

  test('equal candidates draw', async () => {
    const { ballots } = await compareCandidates(engine, [await red(), await red()], undefined, undefined);
    expect(ballots[0]).toMatchObject({ choice: 'draw', scores: { a: { likeness: 'not_scored' } } });
  });

  test('a broken candidate loses, and it is said why', async () => {
    const { winner, candidates, ballots } = await compareCandidates(
      engine,
      [broken, await red()],
      undefined,
      undefined,
    );
    expect(winner).toBe(1);
    expect(candidates[0]?.failure).toMatch(/\(file_\w+\)/);
    expect(ballots[0]).toMatchObject({ decidedBy: 'missing_preview', scores: { b: null } });
  });

  test('nobody wins when none can be drawn', async () => {
    expect((await compareCandidates(engine, [broken, broken], undefined, undefined)).winner).toBeNull();
  });

  test.each([
    ['text', Buffer.from('not a picture')],
    ['an SVG', Buffer.from('<svg width="9" height="9" xmlns="http://www.w3.org/2000/svg"/>')],
  ])('%s as prompt image is an error of the prompt, not of the candidates', async (_name, image) => {
    const prompt = { kind: 'image', image: new Uint8Array(image) } as const;
    await expect(compareCandidates(engine, [await red(), await blue()], prompt, undefined)).rejects.toMatchObject({
      code: 'image_malformed',
      pointer: '/prompt',
    });
  });

  test('a kind of file that Atlas cannot judge is an error, not a loss', async () => {
    const other = { name: 'model.xyz', bytes: new Uint8Array([1, 2, 3, 4]) };
    await expect(compareCandidates(engine, [await red(), other], undefined, undefined)).rejects.toMatchObject({
      code: 'format_unknown',
    });
  });
});

describe('with a model', () => {
  const prompt = { kind: 'text', text: 'a red ball' } as const;

  test('it is shown both candidates in both orders, as JPEG', async () => {
    const judge = judgeThatSays(() => ({
      ...{ status: 'answered', calls: 1, costMicroUsd: 5 },
      text: '{"first": 1, "second": 8, "issues": ""}',
    }));
    const { ballots, winner } = await compareCandidates(engine, [await red(), await blue()], prompt, judge);
    // Always the first: the orders contradict each other, and nothing else is answered by schema.
    expect(ballots[0]).toMatchObject({
      ...{ judge: 'vision', model: 'stand-in', choice: 'no_vote', decidedBy: 'nobody' },
      stages: { frontMatch: { answered: 4, consistent: 0 } },
    });
    expect(Ballot.parse(ballots[0]).position).toMatchObject({ contradictions: 5, firstAdvantage: 7 });
    expect(winner).toBeNull();
    const [ab, ba] = judge.asked
      .slice(0, 2)
      .map(({ images }) => images.map(({ bytes }) => Buffer.from(bytes).toString('hex')));
    expect(ab).toEqual(ba?.toReversed());
    expect(ab?.[0]).not.toEqual(ab?.[1]);
    expect(ab?.[0]).toMatch(/^ffd8ff/);
    expect(judge.asked[0]?.answerSchema).toMatchObject({ type: 'object', required: ['first', 'second', 'issues'] });
  });

  test('a model that says nothing ends as no vote; scores do not stand in for it', async () => {
    const judge = judgeThatSays(() => ({ status: 'no_answer', reason: 'timed_out', calls: 1, costMicroUsd: null }));
    const { ballots, winner } = await compareCandidates(engine, [await red(), broken, await blue()], prompt, judge);
    expect(ballots.map(({ choice }) => choice)).toEqual(['no_vote', 'a']);
    expect(ballots[0]).toMatchObject({ calls: 8, costMicroUsd: null, votes: Array(8).fill({ noVote: 'timed_out' }) });
    expect(winner).toBeNull();
  });

  test('it sees the prompt image too', async () => {
    const judge = judgeThatSays(() => ({ status: 'no_answer', reason: 'refused', calls: 1, costMicroUsd: 0 }));
    await compareCandidates(engine, [await red(), await blue()], { kind: 'image', image: await redDisc() }, judge);
    expect(judge.asked[0]?.images.map(({ label }) => label)).toEqual(['wanted', 'first', 'second']);
  });
});
