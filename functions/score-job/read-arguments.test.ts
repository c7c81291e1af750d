import { describe, expect, test } from '@jest/globals';
import { readArguments, readTaskPlace, shareOf } from './read-arguments.ts';

const tenant = 'ten_0123456789abcdefghjkmnpq';
const key = (digit: string): string => digit.repeat(64);
const manifest = (digit: string): string => `tenants/${tenant}/scores/${key(digit)}.json`;

describe('arguments', () => {
  test('are what the workflow passes', () => {
    expect(readArguments([tenant, key('a'), manifest('a')])).toEqual({
      ...{ kind: 'stored', tenantId: tenant, prompt: undefined, models: undefined },
      candidates: [{ dispatchKey: key('a'), manifestKey: manifest('a') }],
    });
  });

  test('may name several candidates, a prompt and models', () => {
    const args = ['--prompt=-a chair', '--models', '/models', tenant, key('a'), manifest('a'), key('b'), manifest('b')];
    expect(readArguments(args)).toMatchObject({
      ...{ kind: 'stored', prompt: { kind: 'text', text: '-a chair' }, models: '/models' },
      candidates: [{ dispatchKey: key('a') }, { dispatchKey: key('b') }],
    });
  });

  test('may name files of this machine', () => {
    expect(readArguments(['--out', '/tmp/out', '--prompt-image', 'a.png', '--', '-odd.glb'])).toEqual({
      ...{ kind: 'files', out: '/tmp/out', paths: ['-odd.glb'], models: undefined },
      prompt: { kind: 'image', at: 'a.png' },
    });
  });

  test.each([
    ['nothing', [], /nothing to score/],
    ['a tenant alone', [tenant], /key and a manifest/],
    ['a key without its manifest', [tenant, key('a'), manifest('a'), key('b')], /key and a manifest/],
    ['a manifest of another tenant', [tenant, key('a'), 'tenants/ten_other/scores/x.json'], /belong/],
    ['a manifest that is no score', [tenant, key('a'), `tenants/${tenant}/assets/x`], /belong/],
    ['a prompt image of another tenant', ['--prompt-image', 'tenants/x/a', tenant, key('a'), manifest('a')], /belong/],
    ['two prompts', ['--out=x', '--prompt=a', '--prompt-image=b', 'c.glb'], /not both/],
    ['an empty prompt', ['--out=x', '--prompt= ', 'c.glb'], /1 to 2000/],
    ['an endless prompt', ['--out=x', `--prompt=${'a'.repeat(2001)}`, 'c.glb'], /1 to 2000/],
    ['an unknown option', ['--output=x', 'c.glb'], /output/],
    ['too many files', ['--out=x', ...Array<string>(65).fill('c.glb')], /more than 64/],
    ['a key that is no hash', [tenant, 'abc', manifest('a')], /./],
  ])('are refused with %s', (_what, args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});

describe('the place of a task', () => {
  test('is the first of one without Cloud Run', () => {
    expect(readTaskPlace({})).toEqual({ index: 0, count: 1, attempt: 0 });
  });

  test('is read from what Cloud Run sets', () => {
    const env = { CLOUD_RUN_TASK_INDEX: '2', CLOUD_RUN_TASK_COUNT: '3', CLOUD_RUN_TASK_ATTEMPT: '1' };
    expect(readTaskPlace(env)).toEqual({ index: 2, count: 3, attempt: 1 });
  });

  test.each([
    ['an index beyond the count', { CLOUD_RUN_TASK_INDEX: '3', CLOUD_RUN_TASK_COUNT: '3' }],
    ['a negative index', { CLOUD_RUN_TASK_INDEX: '-1' }],
    ['a count of none', { CLOUD_RUN_TASK_COUNT: '0' }],
    ['a word', { CLOUD_RUN_TASK_COUNT: 'two' }],
  ])('is refused with %s', (_what, env) => {
    expect(() => readTaskPlace(env)).toThrow(/CLOUD_RUN_TASK|cannot be/);
  });

  test.each([1, 2, 3, 7, 12])('shares seven candidates among %d tasks: each once, evenly', (count) => {
    const all = [0, 1, 2, 3, 4, 5, 6];
    const shares = Array.from({ length: count }, (_, index) => shareOf(all, { index, count, attempt: 0 }));
    expect(shares.flat().sort()).toEqual(all);
    const sizes = shares.map((share) => share.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
});
