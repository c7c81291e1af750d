import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

/** What CycloneDX 1.6 asks of a bill of materials, and what a reader of ours relies on. */
const License = z.union([
  z.strictObject({ license: z.union([z.strictObject({ id: z.string() }), z.strictObject({ name: z.string() })]) }),
  z.strictObject({ expression: z.string() }),
]);
const Component = z.strictObject({
  type: z.literal('library'),
  'bom-ref': z.string().min(1),
  group: z.string().startsWith('@').optional(),
  name: z.string().min(1),
  version: z.string().min(1),
  scope: z.enum(['required', 'optional', 'excluded']),
  licenses: z.array(License).optional(),
  purl: z.string().regex(/^pkg:npm\/(%40[^/@]+\/)?[^/@]+@[^@]+$/),
  hashes: z
    .array(
      z.strictObject({
        alg: z.enum(['SHA-512', 'SHA-384', 'SHA-256', 'SHA-1']),
        content: z.string().regex(/^[0-9a-f]{40,128}$/),
      }),
    )
    .min(1)
    .optional(),
  externalReferences: z.array(z.strictObject({ type: z.literal('distribution'), url: z.url() })).optional(),
});
const Bom = z.strictObject({
  $schema: z.literal('http://cyclonedx.org/schema/bom-1.6.schema.json'),
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  version: z.int().min(1),
  metadata: z.strictObject({
    tools: z.strictObject({
      components: z.array(z.strictObject({ type: z.string(), name: z.string(), version: z.string() })),
    }),
    component: z.looseObject({
      type: z.literal('application'),
      'bom-ref': z.string(),
      name: z.string(),
      version: z.string(),
    }),
  }),
  components: z.array(Component),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

const folder = tempFolder();
const write = (name: string): string => {
  execFileSync(process.execPath, ['infra/build/sbom.mjs', join(folder, name)], { stdio: 'pipe' });
  return readFileSync(join(folder, name), 'utf8');
};

describe('the bill of materials', () => {
  let text: string;
  let bom: z.infer<typeof Bom>;
  beforeAll(() => {
    text = write('one.json');
    bom = Bom.parse(JSON.parse(text));
  });

  test('holds every package of the lock file, each once, with its hash', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const paths = Object.keys(packages).filter((path) => path !== '' && !packages[path].link);
    expect(bom.components.map((one) => one['bom-ref'])).toEqual(paths);
    const bare = bom.components.filter(({ hashes }) => !hashes).map((one) => one['bom-ref']);
    expect(bare.filter((path) => packages[path].integrity)).toEqual([]);
  });

  test('names every direct dependency of the product as needed, and none of the tests’', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const scopeOf = new Map(bom.components.map((one) => [one['bom-ref'], one.scope]));
    for (const name of Object.keys(dependencies))
      expect([name, scopeOf.get(`node_modules/${name}`)]).toEqual([name, 'required']);
    for (const name of ['jest', '@biomejs/biome', 'knip']) {
      expect(devDependencies).toHaveProperty([name]);
      expect(scopeOf.get(`node_modules/${name}`)).toBe('excluded');
    }
  });

  test('joins all of it: every reference leads to a component, and each needed one is needed by something', () => {
    const refs = new Set([bom.metadata.component['bom-ref'], ...bom.components.map((one) => one['bom-ref'])]);
    expect(bom.dependencies.map(({ ref }) => ref).filter((ref) => !refs.has(ref))).toEqual([]);
    const used = new Set(bom.dependencies.flatMap(({ dependsOn }) => dependsOn));
    expect([...used].filter((ref) => !refs.has(ref))).toEqual([]);
    const orphans = bom.components.filter((one) => one.scope === 'required' && !used.has(one['bom-ref']));
    expect(orphans.map(({ purl }) => purl)).toEqual([]);
  });

  test('is the same bytes when it is written again', () => {
    expect(write('two.json')).toBe(text);
  });
});
