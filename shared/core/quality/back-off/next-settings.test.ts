import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GateRound, GeometryCompression, Profile, RoundSettings, TargetPlan } from '../../../schema/index.ts';
import { cureOf } from './cures.ts';
import { ladderOf } from './ladder.ts';
import { nextSettings, type RoundDecision, roundsAtMost } from './next-settings.ts';

const evidence = { source: 'a test', checked: '2026-01-01' };
const hard = (max: number) => ({ max, severity: 'hard' as const, ...evidence });
const plan: TargetPlan = {
  profile: 'web',
  profileVersion: '1',
  refine: { weld: true, textureSizePx: 2048 },
  convert: {
    triangles: 50_000,
    lods: [],
    geometryCompression: 'none',
    textureFormat: 'webp',
    textureQuality: 85,
  },
};
const profile: Profile = {
  id: 'web',
  version: '1',
  title: 'Test',
  summary: 'A target for tests.',
  limits: { triangles: hard(200_000), textureSizePx: hard(4096) },
  extensions: { allowed: ['KHR_mesh_quantization', 'EXT_meshopt_compression'], ...evidence },
  imageTypes: { allowed: ['image/png'], ...evidence },
  defaults: { refine: plan.refine, convert: plan.convert, ...evidence },
};

/** What a file made with some settings is like, in a world whose every measure grows with every setting. */
interface World {
  readonly sourceTriangles: number;
  readonly sourceTexturePx: number;
  readonly bytesPerTriangle: number;
  readonly bytesPerPixel: number;
  readonly sizeMax: number;
  readonly memoryMax: number;
  /** Least triangles, and least pixels of a side, that look like the source. */
  readonly trianglesMin: number;
  readonly texturePxMin: number;
}

const packed: Record<GeometryCompression, number> = { none: 1, quantized: 0.6, meshopt: 0.3, draco: 0.25 };

function make(world: World, round: number, settings: RoundSettings): GateRound {
  const triangles = Math.min(settings.triangles, world.sourceTriangles);
  const textureSizePx = Math.min(settings.textureSizePx, world.sourceTexturePx);
  const imageBytes = Math.round(textureSizePx ** 2 * world.bytesPerPixel * (settings.textureQuality / 100));
  const sizeBytes = imageBytes + Math.round(triangles * world.bytesPerTriangle * packed[settings.geometryCompression]);
  const codes = [
    ...(sizeBytes > world.sizeMax ? ['limit_size_bytes'] : []),
    ...(textureSizePx ** 2 * 4 > world.memoryMax ? ['limit_texture_memory_bytes'] : []),
    ...(triangles < world.trianglesMin ? ['fidelity_distance'] : []),
    ...(textureSizePx < world.texturePxMin ? ['fidelity_flip'] : []),
  ];
  const verdict = codes.length > 0 ? 'rejected' : round === 0 ? 'accepted' : 'repaired';
  return { round, settings, verdict, codes, sizeBytes, triangles, textureSizePx, imageBytes };
}

const planned: RoundSettings = {
  triangles: plan.convert.triangles,
  textureSizePx: plan.refine.textureSizePx,
  textureQuality: plan.convert.textureQuality,
  geometryCompression: plan.convert.geometryCompression,
};

/** Loops as the workflow does. */
function loop(world: World, most = roundsAtMost): { history: GateRound[]; end: RoundDecision } {
  const history = [make(world, 0, planned)];
  for (;;) {
    const decision = nextSettings(history, profile, plan, most);
    if (decision.kind !== 'again') return { history, end: decision };
    history.push(make(world, history.length, decision.settings));
    if (history.length > 50) throw new Error('the loop does not end');
  }
}

const easy: World = {
  ...{ sourceTriangles: 500_000, sourceTexturePx: 4096, bytesPerTriangle: 30, bytesPerPixel: 1 },
  ...{ sizeMax: Infinity, memoryMax: Infinity, trianglesMin: 0, texturePxMin: 0 },
};
const worlds: fc.Arbitrary<World> = fc.record({
  sourceTriangles: fc.integer({ min: 1000, max: 1_000_000 }),
  sourceTexturePx: fc.constantFrom(0, 256, 1024, 2048, 4096),
  bytesPerTriangle: fc.integer({ min: 5, max: 100 }),
  bytesPerPixel: fc.double({ min: 0.05, max: 4, noNaN: true }),
  sizeMax: fc.oneof(fc.constant(Infinity), fc.integer({ min: 100_000, max: 20_000_000 })),
  memoryMax: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1_000_000, max: 64_000_000 })),
  trianglesMin: fc.oneof(fc.constant(0), fc.integer({ min: 1000, max: 150_000 })),
  texturePxMin: fc.oneof(fc.constant(0), fc.integer({ min: 256, max: 4096 })),
});

describe('the first round', () => {
  test('is final when it passed: nobody looks for something smaller', () => {
    const { history, end } = loop(easy);
    expect([history.length, end]).toEqual([1, { kind: 'done', accept: 0 }]);
  });

  test('is final when it needs a review, which no setting decides', () => {
    const round: GateRound = { ...make(easy, 0, planned), verdict: 'needs_review' };
    expect(nextSettings([round], profile, plan)).toEqual({ kind: 'done', accept: 0 });
  });

  test.each([
    ['a defect that no setting cures', ['limit_materials']],
    ['such a defect beside one that is cured', ['limit_size_bytes', 'extension_not_read']],
    ['triangles that are too many and too few', ['limit_vertices', 'fidelity_distance']],
  ])('ends it at once with %s', (_, codes) => {
    const round: GateRound = { ...make(easy, 0, planned), verdict: 'rejected', codes };
    const decision = nextSettings([round], profile, plan);
    expect(decision).toMatchObject({ kind: 'give_up', accept: 0 });
    const reasons = decision.kind === 'give_up' ? decision.reasons.join() : '';
    expect(reasons).toContain(codes.filter((code) => !['limit_size_bytes', 'fidelity_distance'].includes(code))[0]);
  });

  test('ends it where the recipe forbids other settings', () => {
    expect(loop({ ...easy, sizeMax: 1_000_000 }, 0)).toMatchObject({
      history: { length: 1 },
      end: { kind: 'give_up' },
    });
  });

  test('ends it where the source has no more than was used', () => {
    const { history, end } = loop({ ...easy, sourceTriangles: 10_000, trianglesMin: 40_000 });
    expect([history.length, end.kind]).toEqual([1, 'give_up']);
  });
});

describe('what is changed', () => {
  const changes = (world: Partial<World>): Partial<RoundSettings> => {
    const { history, end } = loop({ ...easy, ...world });
    const settings = end.kind === 'done' ? history[end.accept]?.settings : undefined;
    return Object.fromEntries(
      Object.entries(settings ?? {}).filter(([name, value]) => planned[name as never] !== value),
    );
  };

  test.each<[string, Partial<World>, string[]]>([
    ['texture memory over its limit', { memoryMax: 2_000_000 }, ['textureSizePx']],
    [
      'a file that images make too large',
      { sizeMax: 2_000_000, bytesPerTriangle: 5 },
      ['textureSizePx', 'textureQuality'],
    ],
    [
      'a file that geometry makes too large',
      { sizeMax: 350_000, bytesPerPixel: 0.01 },
      ['triangles', 'geometryCompression'],
    ],
    ['too few triangles', { trianglesMin: 90_000 }, ['triangles']],
  ])('by %s', (_, world, names) => {
    expect(Object.keys(changes(world)).sort()).toEqual([...names].sort());
  });

  test('by a look that is too far off, of textures as well as triangles', () => {
    expect(changes({ texturePxMin: 3000 })).toMatchObject({ textureSizePx: 4096 });
  });

  test('never the quality of images that are kept as they are', () => {
    const first = { ...make({ ...easy, sizeMax: 1_000_000 }, 0, planned) };
    const kept = { ...plan, convert: { ...plan.convert, textureFormat: 'keep' as const } };
    const ailments = first.codes.map((code) => ({ code, cure: cureOf(code)! }));
    const rungs = ladderOf(first, ailments, { profile, plan: kept, most: 15 });
    expect(rungs.length).toBeGreaterThan(4);
    expect(new Set(rungs.map(({ textureQuality }) => textureQuality))).toEqual(new Set([85]));
  });

  test('never to a packing that the target does not read', () => {
    const plain = { ...profile, extensions: { allowed: [], ...evidence } };
    const first = make({ ...easy, sizeMax: 300_000, bytesPerPixel: 0.01 }, 0, planned);
    const rungs = ladderOf(first, [{ code: 'limit_size_bytes', cure: cureOf('limit_size_bytes')! }], {
      ...{ profile: plain, plan, most: 15 },
    });
    expect(new Set(rungs.map(({ geometryCompression }) => geometryCompression))).toEqual(new Set(['none']));
  });
});

describe('the loop, in any world whose measures grow with the settings', () => {
  test('ends within its rounds and tries nothing twice', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 0, max: 8 }), (world, most) => {
        const { history } = loop(world, most);
        expect(history.length).toBeLessThanOrEqual(most + 1);
        expect(new Set(history.map(({ settings }) => JSON.stringify(settings))).size).toBe(history.length);
      }),
    );
  });

  test('accepts only what passed, and reports the last try when nothing did', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { history, end } = loop(world);
        if (end.kind === 'done') expect(history[end.accept]?.codes).toEqual([]);
        else expect([end.accept, history.some(({ codes }) => codes.length === 0)]).toEqual([history.length - 1, false]);
      }),
    );
  });

  test('never leaves the range of the profile', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 8 }), (world, most) => {
        for (const { settings } of loop(world, most).history) {
          expect(settings.triangles).toBeGreaterThanOrEqual(4);
          expect(settings.triangles).toBeLessThanOrEqual(200_000);
          expect(settings.textureSizePx).toBeLessThanOrEqual(4096);
          expect(settings.textureQuality).toBeLessThanOrEqual(95);
          expect(Object.values(settings).every((value) => typeof value === 'string' || Number.isInteger(value))).toBe(
            true,
          );
        }
      }),
    );
  });

  test('finds the passing rung that is nearest to the plan, if there is one', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { history, end } = loop(world);
        const first = history[0]!;
        const known = first.codes.map((code) => ({ code, cure: cureOf(code)! }));
        // Where both directions are asked for at once nothing is promised but an end.
        if (new Set(known.map(({ cure }) => cure.direction)).size !== 1) return;
        const rungs = ladderOf(first, known, { profile, plan, most: 2 ** roundsAtMost - 1 });
        const best = rungs.findIndex((settings) => make(world, 1, settings).codes.length === 0);
        expect(end.kind).toBe(best < 0 ? 'give_up' : 'done');
        if (best >= 0) expect(history[end.accept]?.settings).toEqual(rungs[best]);
      }),
      { numRuns: 300 },
    );
  });

  test('says the same of the same history', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { history } = loop(world);
        for (let length = 1; length <= history.length; length++) {
          const some = history.slice(0, length);
          const copy = JSON.parse(JSON.stringify(some)) as GateRound[];
          expect(nextSettings(copy, profile, plan)).toEqual(nextSettings(some, profile, plan));
        }
      }),
    );
  });
});

test('size against look: what has to rise is not lowered, and the rest makes room', () => {
  const world = { ...easy, bytesPerPixel: 2, sizeMax: 5_000_000, trianglesMin: 60_000 };
  const { history, end } = loop(world);
  expect(history[0]?.codes).toEqual(['limit_size_bytes', 'fidelity_distance']);
  expect(end.kind).toBe('done');
  expect(history[end.accept]).toMatchObject({ codes: [], settings: { textureSizePx: 1024 } });
});

test('a setting that goes too far for another reason is taken back', () => {
  // Rounds at a quarter lose a part; those above a half are too large.
  const history: GateRound[] = [{ ...make({ ...easy, sizeMax: 350_000, bytesPerPixel: 0.01 }, 0, planned) }];
  const tried: number[] = [];
  for (let i = 0; i < 5; i++) {
    const decision = nextSettings(history, profile, plan);
    if (decision.kind !== 'again') break;
    const { settings } = decision;
    tried.push(settings.triangles);
    const round = make({ ...easy, sizeMax: 350_000, bytesPerPixel: 0.01 }, i + 1, settings);
    const codes = settings.triangles < 20_000 ? ['no_extent'] : round.codes;
    history.push({ ...round, codes, verdict: codes.length > 0 ? 'rejected' : 'repaired' });
  }
  const end = nextSettings(history, profile, plan);
  expect(tried[0]).toBeLessThan(20_000);
  expect(tried[1]).toBeGreaterThan(tried[0]!);
  expect(end.kind).toBe('done');
});

test('what is not lowered keeps its planned value, though the file has less', () => {
  const first = make({ ...easy, sourceTriangles: 900, memoryMax: 2_000_000 }, 0, planned);
  const ailments = [{ code: 'limit_texture_memory_bytes', cure: cureOf('limit_texture_memory_bytes')! }];
  const rungs = ladderOf(first, ailments, { profile, plan, most: 15 });
  expect(rungs.map(({ triangles, textureSizePx }) => [triangles, textureSizePx])).toEqual(
    [2048, 1024, 512, 256, 128].map((px) => [50_000, px]),
  );
});

test('a ladder for few rounds keeps its first and its last rung', () => {
  const first = make({ ...easy, memoryMax: 2_000_000, sizeMax: 1_000_000 }, 0, planned);
  const ailments = first.codes.map((code) => ({ code, cure: cureOf(code)! }));
  const whole = ladderOf(first, ailments, { profile, plan, most: 255 });
  const some = ladderOf(first, ailments, { profile, plan, most: 3 });
  expect(some).toEqual([whole[0], whole[1], expect.anything(), whole.at(-1)]);
});
