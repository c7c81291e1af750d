import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limits, Profile, type Recipe } from '../schema/index.ts';
import { nearestName } from './nearest-name.ts';
import { planTarget } from './plan-target.ts';
import { findProfile, profiles } from './profiles.ts';

const byId = (id: string): Profile => findProfile(id);

describe('every profile', () => {
  test.each(profiles.map((profile) => [profile.id, profile] as const))(
    '%s is valid, and its defaults keep its own limits',
    (_, profile) => {
      expect(Profile.parse(profile)).toEqual(profile);
      const plan = planTarget(profile);
      expect(plan.refine).toEqual(profile.defaults.refine);
      expect(plan.convert).toEqual(profile.defaults.convert);
      const budget = Math.min(
        profile.limits.triangles?.max ?? Infinity,
        profile.limits.trianglesPerMesh?.max ?? Infinity,
      );
      expect(plan.convert.triangles).toBeLessThanOrEqual(budget);
      expect(plan.refine.textureSizePx).toBeLessThanOrEqual(profile.limits.textureSizePx?.max ?? limits.imageSizePx);
    },
  );

  test('has an id of its own', () => {
    expect(new Set(profiles.map(({ id }) => id)).size).toBe(profiles.length);
  });
});

describe('planTarget', () => {
  test('puts the recipe over the defaults, and leaves both alone', () => {
    const recipe: Recipe = { convert: { triangles: 500, textureQuality: 50 }, refine: { weld: false } };
    const before = structuredClone([recipe, byId('web')]);
    const plan = planTarget(byId('web'), recipe);
    expect(plan.convert).toEqual({ ...byId('web').defaults.convert, triangles: 500, textureQuality: 50 });
    expect(plan.refine).toEqual({ ...byId('web').defaults.refine, weld: false });
    expect([recipe, byId('web')]).toEqual(before);
  });

  test.each([
    ['triangles to the hard limit', 'mobile-ar', { convert: { triangles: 20_000_000 } }, 100_000, 2048],
    ['triangles to the limit of one mesh', 'roblox-mesh', { convert: { triangles: 20_000_000 } }, 20_000, 1024],
    ['texture sizes', 'web', { refine: { textureSizePx: 16_384 } }, 100_000, 2048],
  ])('lowers %s', (_, id, recipe, triangles, textureSizePx) => {
    const plan = planTarget(byId(id), recipe);
    expect([plan.convert.triangles, plan.refine.textureSizePx]).toEqual([triangles, textureSizePx]);
  });

  test.each<[string, string, Recipe['convert'], string]>([
    ['meshopt for Unreal', 'unreal', { geometryCompression: 'meshopt' }, '/recipe/convert/geometryCompression'],
    ['Draco for AR', 'mobile-ar', { geometryCompression: 'draco' }, '/recipe/convert/geometryCompression'],
    [
      'quantised numbers for Roblox',
      'roblox-mesh',
      { geometryCompression: 'quantized' },
      '/recipe/convert/geometryCompression',
    ],
    ['WebP for Unity', 'unity-mobile', { textureFormat: 'webp' }, '/recipe/convert/textureFormat'],
    ['levels of detail that rise', 'web', { lods: [0.25, 0.5] }, '/recipe/convert/lods/1'],
    ['levels of detail that stay', 'web', { lods: [0.5, 0.25, 0.25] }, '/recipe/convert/lods/2'],
  ])('refuses %s', (_, id, convert, pointer) => {
    expect(() => planTarget(byId(id), { convert })).toThrow(
      expect.objectContaining({ code: 'invalid_request', pointer }),
    );
  });

  test.each<[string, Recipe['convert']]>([
    ['web', { geometryCompression: 'draco' }],
    ['unreal', { geometryCompression: 'quantized' }],
    ['mobile-ar', { geometryCompression: 'quantized' }],
    ['roblox-mesh', { geometryCompression: 'none', lods: [0.5, 0.1] }],
  ])('grants %s what it reads', (id, convert) => {
    expect(planTarget(byId(id), { convert }).convert).toMatchObject(convert ?? {});
  });
});

describe('an unknown target', () => {
  const message = (id: string): string => {
    try {
      findProfile(id, '/targets/0');
    } catch (error) {
      expect(error).toMatchObject({ code: 'unknown_target', pointer: '/targets/0' });
      return (error as Error).message;
    }
    throw new Error('It was found.');
  };

  test.each([
    ['wep', 'web'],
    ['mobile', 'mobile-ar'],
    ['roblox', 'roblox-mesh'],
    ['Unity_Mobile', 'unity-mobile'],
    ['unrael', 'unreal'],
    ['unreal-engine', 'unreal'],
  ])('%s is answered with %s', (given, meant) => {
    expect(message(given)).toContain(`Did you mean "${meant}"?`);
  });

  test.each(['', 'playstation', 'x'.repeat(10_000), '__proto__', 'constructor'])(
    '%.20s is answered with the known ones only',
    (given) => {
      expect(message(given)).toContain('Known targets: web, mobile-ar,');
      expect(message(given)).not.toContain('Did you mean');
      expect(message(given).length).toBeLessThan(250);
    },
  );
});

test('the nearest name is one of the names or none, whatever is asked', () => {
  const names = profiles.map(({ id }) => id);
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (given) => {
      const found = nearestName(given, names);
      expect(found === undefined || names.includes(found)).toBe(true);
    }),
  );
  for (const name of names) expect(nearestName(name, names)).toBe(name);
});
