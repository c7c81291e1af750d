import { describe, expect, test } from '@jest/globals';
import { checkCodes, type PolicyChecks, PolicyDocument, PolicyRequest, TargetPlan } from '../schema/index.ts';
import { applyPolicy, heldRules, targetPolicy } from './apply-policy.ts';
import { checkPolicy } from './check-policy.ts';
import { planTarget } from './plan-target.ts';
import { findProfile, profiles } from './profiles.ts';

const tenant = 'ten_0123456789abcdef';
const policy = (checks: PolicyChecks, more: Partial<PolicyDocument> = {}): PolicyDocument =>
  PolicyDocument.parse({ checks, sha256: 'a'.repeat(64), since: '2026-11-25T10:00:00.000Z', ...more });
const under = (target: string, checks: PolicyChecks) =>
  applyPolicy(findProfile(target), targetPolicy(policy(checks), tenant, target));

describe('a policy', () => {
  test('wins over the profile for looks and workmanship', () => {
    expect(under('web', { uv_mirrored: { action: 'block', limit: 0.1 } }).checks?.uv_mirrored).toEqual({
      ...{ severity: 'error', limit: 0.1, source: `policy of ${tenant}`, checked: '2026-11-25' },
    });
    expect(under('web', { inside_out: { action: 'review' } }).checks?.inside_out).toMatchObject({
      ...{ severity: 'warning', review: true },
    });
  });

  test('without a limit keeps that of the profile', () => {
    expect(under('mobile-ar', { scale_too_large: { action: 'block' } }).checks?.scale_too_large).toMatchObject({
      ...{ severity: 'error', limit: 10 },
    });
  });

  test('leaves everything else, and the profile itself, as it was', () => {
    const before = structuredClone(profiles);
    const { checks, limits, ...rest } = under('web', { holes: { action: 'off' } });
    const { checks: own, limits: ownLimits, ...restBefore } = findProfile('web');
    expect([limits, rest]).toEqual([ownLimits, restBefore]);
    expect({ ...checks, holes: undefined }).toEqual({ ...own, holes: undefined });
    expect(profiles).toEqual(before);
  });

  test('changes the limits of fidelity one by one', () => {
    const { fidelity } = under('web', { fidelity_flip: { action: 'block', limit: 0.1 } });
    expect(fidelity).toEqual({ ...findProfile('web').fidelity, flipMax: 0.1 });
  });

  test('of one target wins over that for all, and others do not see it', () => {
    const both = policy({ holes: { action: 'warn' } }, { targets: { unreal: { holes: { action: 'block' } } } });
    expect(targetPolicy(both, tenant, 'unreal')?.checks).toEqual({ holes: { action: 'block' } });
    expect(targetPolicy(both, tenant, 'web')?.checks).toEqual({ holes: { action: 'warn' } });
    expect(targetPolicy(policy({}), tenant, 'web')).toBeUndefined();
    expect(targetPolicy(undefined, tenant, 'web')).toBeUndefined();
  });
});

describe('a hard limit of a target', () => {
  const code = 'limit_triangles_per_mesh';
  const limit = () => findProfile('roblox-mesh').limits.trianglesPerMesh!;

  test.each(['off', 'info', 'warn', 'review'] as const)('cannot be made %s', (action) => {
    for (const wanted of [undefined, 1000, 1e6]) {
      const rule = { action, ...(wanted === undefined ? {} : { limit: wanted }) };
      const profile = under('roblox-mesh', { [code]: rule });
      expect(profile.limits.trianglesPerMesh).toEqual(limit());
      expect(profile.checks?.[code]).toBeUndefined();
      expect(heldRules(policy({ [code]: rule }))).toContainEqual({ target: 'roblox-mesh', code, limit: 20_000 });
    }
  });

  test('can be made stricter, never wider', () => {
    const stricter = { [code]: { action: 'block', limit: 5000 } } as const;
    expect(under('roblox-mesh', stricter).limits.trianglesPerMesh).toMatchObject({
      ...{ max: 5000, severity: 'hard', source: `policy of ${tenant}` },
    });
    expect(heldRules(policy(stricter)).filter(({ target }) => target === 'roblox-mesh')).toEqual([]);
    const wider = { [code]: { action: 'block', limit: 1e6 } } as const;
    expect(under('roblox-mesh', wider).limits.trianglesPerMesh).toEqual(limit());
    expect(heldRules(policy(wider)).map(({ target }) => target)).toContain('roblox-mesh');
  });

  test('made stricter bounds what is planned, and the plan keeps the policy', () => {
    const own = targetPolicy(policy({ [code]: { action: 'block', limit: 5000 } }), tenant, 'roblox-mesh');
    const plan = planTarget(findProfile('roblox-mesh'), { convert: { triangles: 15_000 } }, own);
    expect(TargetPlan.parse(plan)).toMatchObject({ convert: { triangles: 5000 }, policy: own });
    expect(planTarget(findProfile('roblox-mesh'))).not.toHaveProperty('policy');
  });

  test('of every target stays hard under a policy that turns everything off', () => {
    const off = Object.fromEntries([...checkCodes.keys()].map((one) => [one, { action: 'off' as const }]));
    for (const profile of profiles) {
      const hard = Object.entries(profile.limits).filter(([, { severity }]) => severity === 'hard');
      expect(hard.length).toBeGreaterThan(0);
      expect(under(profile.id, off).limits).toMatchObject(Object.fromEntries(hard));
    }
  });
});

describe('advice of a target', () => {
  test('becomes a hard limit, or another number, or is only looked at by a person', () => {
    expect(under('roblox-mesh', { limit_materials: { action: 'block' } }).limits.materials).toMatchObject({
      ...{ max: 1, severity: 'hard' },
    });
    const review = under('roblox-mesh', { limit_materials: { action: 'review', limit: 4 } });
    expect(review.limits.materials).toMatchObject({ max: 4, severity: 'advice' });
    expect(review.checks?.limit_materials).toMatchObject({ severity: 'warning', review: true });
  });

  test('may be given where the target has none', () => {
    const { limits } = under('roblox-mesh', { limit_size_bytes: { action: 'block', limit: 1e6 } });
    expect(findProfile('roblox-mesh').limits.sizeBytes).toBeUndefined();
    expect(limits.sizeBytes).toMatchObject({ max: 1e6, severity: 'hard' });
    expect(under('roblox-mesh', { limit_size_bytes: { action: 'block' } }).limits.sizeBytes).toBeUndefined();
  });
});

describe('what a policy may not say', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['an unknown code', { checks: { floater: { action: 'off' } } }, '/checks/floater', /Did you mean "floaters"/],
    ['a typing error', { checks: { uv_overlpa: { action: 'off' } } }, '/checks/uv_overlpa', /"uv_overlap"/],
    ['nonsense', { checks: { 'a/b~': { action: 'off' } } }, '/checks/a~1b~0', /no check "a\/b~"\.$/],
    ['a name of every object', { checks: { constructor: { action: 'off' } } }, '/checks/constructor', /no check/],
    ['a code of the validator', { checks: { UNUSED_OBJECT: { action: 'off' } } }, '/checks/UNUSED_OBJECT', /validator/],
    [
      'that files need not open',
      { checks: { image_unreadable: { action: 'warn' } } },
      '/checks/image_unreadable',
      /always blocks/,
    ],
    [
      'not even that they block',
      { checks: { no_triangles: { action: 'block' } } },
      '/checks/no_triangles',
      /always blocks/,
    ],
    [
      'a limit where there is none',
      { checks: { extension_ignored: { action: 'warn', limit: 1 } } },
      '/checks/extension_ignored/limit',
      /no limit/,
    ],
    [
      'a code for one target',
      { checks: {}, targets: { web: { floater: { action: 'off' } } } },
      '/targets/web/floater',
      /floaters/,
    ],
    ['an unknown target', { checks: {}, targets: { wep: {} } }, '/targets/wep', /"web"/],
  ])('%s', (_case, request, pointer, message) => {
    expect(() => checkPolicy(PolicyRequest.parse(request))).toThrow(
      expect.objectContaining({ pointer, message: expect.stringMatching(message) }),
    );
  });

  test('every code that is not fixed may be named', () => {
    const free = [...checkCodes].filter(([, { reach }]) => reach !== 'fixed');
    const checks = Object.fromEntries(free.map(([code]) => [code, { action: 'review' as const }]));
    expect(() => checkPolicy({ checks })).not.toThrow();
  });
});
