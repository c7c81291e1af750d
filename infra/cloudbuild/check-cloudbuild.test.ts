import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkCloudBuild } from './check-cloudbuild.ts';

const yaml = readFileSync('cloudbuild.yaml', 'utf8');

test('cloudbuild.yaml may be submitted', () => {
  expect(checkCloudBuild(yaml)).toEqual([]);
});

test.each([
  ['an unknown field', 'waitFor: [install]', 'waitfor: [install]', /waitfor/],
  ['no provenance', 'requestedVerifyOption: VERIFIED', 'requestedVerifyOption: NOT_VERIFIED', /requestedVerifyOption/],
  ['an undeclared substitution', "'${_DOMAIN}'", "'${_HOST}'", /_HOST is used, but not declared/],
  [
    'an unused substitution',
    '  _REGION: europe-west4',
    '  _REGION: europe-west4\n  _ZONE: a',
    /_ZONE is declared, but not used/,
  ],
  ['an unknown step to wait for', 'waitFor: [smoke]', 'waitFor: [smoek]', /waits for smoek/],
  ['a step to wait for that comes later', 'waitFor: [install]', 'waitFor: [shift]', /waits for shift/],
  ['a bundle without the audit', 'waitFor: [test, audit]', 'waitFor: [test]', /bundle does not wait for audit/],
  ['a shift without the smoke test', 'waitFor: [smoke]', 'waitFor: [deliveries]', /shift does not wait for smoke/],
  [
    'a deployment by tag',
    '"$(cat dist/deploy/score-image)"',
    "'${_IMAGES}/score:${SHORT_SHA}'",
    /settings names an image by its tag/,
  ],
  ['a shell variable with one dollar', '"$$(cat dist/deploy/revision)=100"', '"$REVISION=100"', /REVISION is used/],
  ['two steps of one name', 'id: bundle', 'id: test', /test is there twice/],
])('the check notices %s', (_case, from, to, message) => {
  expect(yaml).toContain(from);
  expect(checkCloudBuild(yaml.replace(from, () => to)).join('\n')).toMatch(message);
});

describe('gcloud’s own parser', () => {
  const gcloud = spawnSync('sh', ['-c', 'command -v gcloud && command -v python3']).stdout.toString().split('\n')[0];
  const whenThere = gcloud ? test : test.skip;
  const parse = (file: string) =>
    execFileSync('python3', ['infra/cloudbuild/gcloud-parser.py', String(gcloud), file], { stdio: 'pipe' }).toString();

  whenThere('reads cloudbuild.yaml', () => {
    expect(parse('cloudbuild.yaml')).toMatch(/^\d+ steps$/m);
  });

  whenThere('refuses a field that Cloud Build does not know', () => {
    const folder = mkdtempSync(join(tmpdir(), 'atlas-cloudbuild-'));
    writeFileSync(join(folder, 'cloudbuild.yaml'), yaml.replace('waitFor: [install]', 'waitFro: [install]'));
    try {
      expect(() => parse(join(folder, 'cloudbuild.yaml'))).toThrow(/waitFro/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
