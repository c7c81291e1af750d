import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const root = resolve('.');

/** Each rule with a file that breaks it: path, and what it imports. */
const probes: readonly (readonly [rule: string, path: string, imports: string])[] = [
  ['no-cycles', 'shared/core/a.ts', './b.ts'],
  ['schema-stands-alone', 'shared/schema/x.ts', '../errors.ts'],
  ['schema-uses-zod-only', 'shared/schema/y.ts', 'yaml'],
  ['core-is-pure', 'shared/core/c.ts', '../ports/p.ts'],
  ['core-does-no-io', 'shared/core/d.ts', 'node:fs'],
  ['metering-is-pure', 'shared/metering/m.ts', '../ports/p.ts'],
  ['profiles-are-data', 'shared/profiles/q.ts', '../ports/p.ts'],
  ['ports-know-types', 'shared/ports/t.ts', '../adapters/local/l.ts'],
  ['records-use-ports', 'shared/records/r.ts', '../adapters/local/l.ts'],
  ['receipts-use-ports', 'shared/receipt/r.ts', '../records/s.ts'],
  ['adapters-use-ports', 'shared/adapters/local/k.ts', '../../records/s.ts'],
  ['bottom-modules-stand-alone', 'shared/post.ts', './schema/s.ts'],
  ['adapters-keep-apart', 'shared/adapters/local/o.ts', '../gcp/g.ts'],
  ['deps-chooses-adapters', 'functions/gate/e.ts', '../../shared/adapters/local/l.ts'],
  ['google-sdks-only-in-gcp', 'shared/adapters/net/cc.ts', '@google-cloud/pubsub'],
  ['google-sdks-load-lazily', 'shared/adapters/gcp/dd.ts', 'google-auth-library'],
  ['opentelemetry-in-one-file', 'shared/adapters/telemetry/ee.ts', '@opentelemetry/api'],
  ['opentelemetry-loads-lazily', 'shared/adapters/telemetry/ff.ts', './otlp-sdk.ts'],
  ['functions-keep-apart', 'functions/gate/f.ts', '../convert/v.ts'],
  ['engine-runs-in-its-own-place', 'functions/gate/h.ts', '../engine/n.ts'],
  ['functions-stay-below-infra', 'functions/gate/i.ts', '../../infra/local/w.ts'],
  ['clients-use-the-api', 'clients/cli/z.ts', '../../functions/convert/v.ts'],
  ['executor-stands-alone', 'workflows/local/u.ts', '../../shared/errors.ts'],
  ['product-imports-no-tests', 'shared/core/j.ts', '../testing/fixture.ts'],
  ['dependencies-are-declared', 'shared/core/aa.ts', 'left-pad-that-nobody-declared'],
  ['product-uses-dependencies', 'functions/gate/bb.ts', 'fast-check'],
];

/** Harmless files that the probes import. */
const targets = [
  'shared/errors.ts',
  'shared/ports/p.ts',
  'shared/schema/s.ts',
  'shared/adapters/local/l.ts',
  'shared/adapters/gcp/g.ts',
  'shared/adapters/telemetry/otlp-sdk.ts',
  'shared/records/s.ts',
  'functions/convert/v.ts',
  'functions/engine/n.ts',
  'infra/local/w.ts',
  'shared/testing/fixture.ts',
];

interface Cruise {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

let folder: string;
let broken: Set<string>;
let rules: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atlas-probes-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const path of targets) write(path, 'export const value = 1;\n');
  for (const [, path, imports] of probes)
    write(path, `import * as other from '${imports}';\nexport const use = other;\n`);
  write('shared/core/b.ts', "import * as other from './a.ts';\nexport const use = other;\n");
  for (const name of ['package.json', 'tsconfig.json', 'node_modules'])
    symlinkSync(join(root, name), join(folder, name));
  const config = join(root, '.dependency-cruiser.mjs');
  const command = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    command,
    'functions',
    'workflows',
    'infra',
    'shared',
    'clients',
    '--config',
    config,
    '--output-type',
    'json',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 64e6 }).catch(
    (failed: { stdout: string }) => failed,
  );
  const { summary } = JSON.parse(stdout) as Cruise;
  broken = new Set(summary.violations.map(({ from, rule }) => `${rule.name} ${from}`));
  rules = ((await import(config)) as { default: { forbidden: { name: string }[] } }).default.forbidden.map(
    ({ name }) => name,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(probes)('%s is tripped by a file that breaks it', (rule, path) => {
  expect([...broken]).toContain(`${rule} ${path}`);
});

test('every rule has a probe', () => {
  expect(probes.map(([rule]) => rule).sort()).toEqual([...rules].sort());
});
