import { describe, expect, test } from '@jest/globals';
import type { Profile } from '../../../schema/index.ts';
import { box, mapped, together, turned, without } from '../../../testing/exact-meshes.ts';
import type { TriangleList } from '../../mesh/join-triangles.ts';
import { defaultMaterial, plainScene, type RenderScene } from '../../render/scene.ts';
import { compareToSource, type SeenModel, type SeenSource, seeModel, seeSource } from './compare-scenes.ts';
import { compareSurfaces } from './compare-surfaces.ts';
import { judgeFidelity } from './judge-fidelity.ts';
import { judgeViews } from './judge-views.ts';
import { poolFidelity } from './pool-fidelity.ts';

const evidence = { source: 'a test', checked: '2026-01-01' };
const profile = (changes: Partial<Profile> = {}): Profile => ({ checks: {}, ...changes }) as Profile;
/** Small pictures tell the same of large shapes, faster. */
const sizePx = 64;
const sha = 'a'.repeat(64);

const scene = (list: TriangleList, colour = 0.5, doubleSided = false): RenderScene =>
  plainScene({
    ...list,
    materials: [{ ...defaultMaterial, metallic: 0, baseColour: [colour, colour, colour, 1], doubleSided }],
  });

const seen = (delivered: RenderScene, source: RenderScene): { model: SeenModel; compared: SeenSource } => {
  const views = seeSource(source, sizePx);
  const model = seeModel(delivered, views, sizePx);
  return { model, compared: compareToSource(model, delivered, views) };
};
const fidelityOf = (delivered: RenderScene, source: RenderScene) => poolFidelity(sha, seen(delivered, source).compared);

const moved = (list: TriangleList, by: number): TriangleList => mapped(list, ([x, y, z]) => [x! + by, y!, z!]);
/** A box of side 1 without the two triangles of one face. */
const open = without(box(), 2);

describe('the views of a delivery against its source', () => {
  test('equal models do not differ', () => {
    expect(fidelityOf(scene(box()), scene(box()))).toEqual({
      sourceSha256: sha,
      views: 12,
      sizePx: 64,
      psnrDb: null,
      ssim: 1,
      flip: 0,
      silhouetteIou: 1,
      worstView: 'view-01',
      distanceMaxShare: expect.closeTo(0, 6),
      distanceRmsShare: expect.closeTo(0, 6),
      normalDeviationDeg: expect.closeTo(0, 3),
    });
  });

  test('another colour changes what is perceived, and neither outline nor surface', () => {
    const fidelity = fidelityOf(scene(box(), 0.05), scene(box(), 0.9));
    expect(fidelity.flip).toBeGreaterThan(0.3);
    expect(fidelity.psnrDb).toBeLessThan(12);
    expect(fidelity).toMatchObject({ silhouetteIou: 1, distanceMaxShare: expect.closeTo(0, 6) });
  });

  test('the background does not soften a difference: a small model counts like a large one', () => {
    // One far crumb makes the model small in its views.
    const crumb = moved(box(0.01), 4);
    const pair = (list: TriangleList) => fidelityOf(scene(list, 0.05), scene(list, 0.9)).flip;
    expect(pair(together(box(), crumb))).toBeGreaterThan(pair(box()) * 0.8);
  });

  test('a part that is lost is seen in the outline and measured on the surface, and told in the worst view', () => {
    const [whole, part] = [together(box(), moved(box(0.5), 1)), box()];
    const { compared } = seen(scene(part), scene(whole));
    const fidelity = poolFidelity(sha, compared);
    expect(fidelity.silhouetteIou).toBeLessThan(0.85);
    const flips = compared.comparisons.map(({ flip }) => flip);
    const worst = flips.indexOf(Math.max(...flips));
    expect(fidelity.worstView).toBe(`view-${String(worst + 1).padStart(2, '0')}`);
    // From the far face at x = 1.25 to the one at 0.5, over the diagonal of 1.75 × 1 × 1.
    expect(fidelity.distanceMaxShare).toBeCloseTo(0.75 / Math.sqrt(1.75 ** 2 + 2), 2);
  });

  test('two runs give the same numbers and the same bytes', () => {
    const run = () => {
      const { model, compared } = seen(scene(box()), scene(moved(box(), 0.02)));
      return [model.views.map(({ picture }) => picture.data), poolFidelity(sha, compared)];
    };
    expect(run()).toEqual(run());
  });
});

describe('compareSurfaces', () => {
  test('a shell half a size larger is a known distance away, its faces parallel', () => {
    const { distanceMaxShare, distanceRmsShare, normalDeviationDeg } = compareSurfaces(box(1), box(1.2));
    const diagonal = Math.sqrt(3);
    // A face lies 0.1 away; a corner of the larger one √3 × 0.1.
    expect(distanceRmsShare * diagonal).toBeGreaterThan(0.1);
    expect(distanceMaxShare * diagonal).toBeLessThanOrEqual(Math.sqrt(3) * 0.1 + 1e-6);
    expect(normalDeviationDeg).toBeCloseTo(0, 3);
  });

  test('faces that were turned over are half a turn away, at no distance', () => {
    const { distanceMaxShare, normalDeviationDeg } = compareSurfaces(box(), turned(box()));
    expect([distanceMaxShare, normalDeviationDeg]).toEqual([expect.closeTo(0, 6), expect.closeTo(180, 3)]);
  });

  test('a crumb in the air may be dropped, but neither added nor a limb be lost', () => {
    // 0.3 % of the area, as far away as the box is wide; the limb has 6 %.
    const crumb = moved(box(0.05), 2);
    const limb = moved(box(0.25), 2);
    expect(compareSurfaces(together(box(), crumb), box()).distanceMaxShare).toBeCloseTo(0, 6);
    expect(compareSurfaces(box(), together(box(), crumb)).distanceMaxShare).toBeGreaterThan(0.5);
    expect(compareSurfaces(together(box(), limb), box()).distanceMaxShare).toBeGreaterThan(0.3);
  });

  test('a surface against nothing is as far as can be, nothing against nothing is equal', () => {
    const nothing = { positions: new Float32Array(0), indices: new Uint32Array(0) };
    expect(compareSurfaces(box(), nothing)).toMatchObject({ distanceMaxShare: 1, distanceRmsShare: 1 });
    expect(compareSurfaces(nothing, nothing)).toMatchObject({ distanceMaxShare: 0, distanceRmsShare: 0 });
  });
});

describe('holes_visible', () => {
  const codesOf = (delivered: RenderScene, source?: RenderScene, changes: Partial<Profile> = {}) => {
    const views = source && seeSource(source, sizePx);
    const model = seeModel(delivered, views, sizePx);
    const compared = views && compareToSource(model, delivered, views);
    return judgeViews(model, compared, profile(changes), 'model');
  };

  test('a closed box has none', () => {
    expect(codesOf(scene(box()))).toEqual([]);
  });

  test('an open box shows its inside in a share of the pixels, and says in which view most', () => {
    const [finding, ...others] = codesOf(scene(open));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'holes_visible', severity: 'warning', limit: 0.002 });
    expect(finding!.measured).toBeGreaterThan(0.05);
    expect(finding!.message).toMatch(/most in view-\d\d:/);
  });

  test('faces turned inwards are seen from behind everywhere', () => {
    expect(codesOf(scene(turned(box())))).toMatchObject([{ measured: 1 }]);
  });

  test('a two-sided material is right to be seen from behind, unless the source was closed', () => {
    const sheet = scene(open, 0.5, true);
    expect(codesOf(sheet)).toEqual([]);
    expect(codesOf(sheet, sheet)).toEqual([]);
    expect(codesOf(sheet, scene(box(), 0.5, true))).toMatchObject([{ code: 'holes_visible' }]);
  });

  test('a target may silence it, or take it for an error from another limit on', () => {
    const rule = (severity: 'off' | 'error', limit?: number) => ({
      checks: { holes_visible: { severity, ...(limit === undefined ? {} : { limit }), ...evidence } },
    });
    expect(codesOf(scene(open), undefined, rule('off'))).toEqual([]);
    expect(codesOf(scene(open), undefined, rule('error'))).toMatchObject([{ severity: 'error', source: 'a test' }]);
    expect(codesOf(scene(open), undefined, rule('error', 0.9))).toEqual([]);
  });
});

test('a figure with the same face in front and behind is found, one with a face and a back is not', () => {
  /** Eyes and mouth as plates just over one side of a box, or over both. */
  const plates = (side: 1 | -1): TriangleList[] =>
    [
      [-0.2, 0.2],
      [0.22, 0.2],
      [0.05, -0.25],
    ].map(([x, y]) => mapped(box(0.18), ([a, b, c]) => [a! + x! * side, b! + y!, c! * 0.1 + side * 0.51]));
  const painted = (sides: readonly (1 | -1)[]): RenderScene => {
    const [body, marks] = [box(), together(...sides.flatMap(plates))];
    const list = together(body, marks);
    const material = (red: number): RenderScene['materials'][number] => ({
      ...defaultMaterial,
      metallic: 0,
      baseColour: [red, 0.4, 0.2, 1],
    });
    return plainScene({
      ...list,
      materials: [material(0.9), material(0.02)],
      triangleMaterials: Uint32Array.from({ length: list.indices.length / 3 }, (_, t) =>
        t < body.indices.length / 3 ? 0 : 1,
      ),
    });
  };
  const codes = (scene: RenderScene) =>
    judgeViews(seeModel(scene, undefined, sizePx), undefined, profile(), 'model').map(({ code }) => code);
  expect(codes(painted([1]))).not.toContain('view_inconsistency');
  expect(codes(painted([1, -1]))).toContain('view_inconsistency');
});

test('a model that is a speck in its views is found, and so is one that a view does not see', () => {
  const far = together(box(), moved(box(), 300));
  const flat = mapped(box(), ([x, y]) => [x!, y!, 0]);
  for (const list of [far, flat]) {
    const found = judgeViews(seeModel(scene(list), undefined, sizePx), undefined, profile(), 'model');
    expect(found.map(({ code }) => code)).toContain('silhouette_tiny');
  }
});

describe('judgeFidelity', () => {
  const fidelity = { ...fidelityOf(scene(box()), scene(box())), flip: 0.2, silhouetteIou: 0.9, distanceMaxShare: 0.03 };
  const limits = (flipMax: number, silhouetteIouMin: number, distanceMaxShare: number, severity: 'hard' | 'advice') =>
    profile({ fidelity: { flipMax, silhouetteIouMin, distanceMaxShare, severity, ...evidence } });
  const judged = (target: Profile) =>
    judgeFidelity(fidelity, target, 'model').map(({ code, severity }) => [code, severity]);

  test('a value at its limit passes', () => {
    expect(judged(limits(0.2, 0.9, 0.03, 'hard'))).toEqual([]);
  });

  test.each([
    ['fidelity_flip', limits(0.19, 0, 1, 'hard')],
    ['fidelity_silhouette', limits(1, 0.91, 1, 'hard')],
    ['fidelity_distance', limits(1, 0, 0.029, 'hard')],
  ])('%s is an error past a hard limit', (code, target) => {
    expect(judged(target)).toEqual([[code, 'error']]);
  });

  test('past an advised limit each is a warning; a target without limits says nothing', () => {
    expect(judged(limits(0.1, 0.99, 0.01, 'advice')).map(([, severity]) => severity)).toEqual(
      Array.from({ length: 3 }, () => 'warning'),
    );
    expect(judged(profile())).toEqual([]);
  });
});
