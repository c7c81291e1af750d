import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { optionalPackages } from '../../shared/optional-module.ts';

const source = readFileSync('functions/score-job/Dockerfile', 'utf8');

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** Instructions with their continued lines; comments are dropped (https://docs.docker.com/reference/dockerfile/). */
function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const joined = lines.join('\n').replaceAll(/\\\n\s*/g, ' ');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', value = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return { name, value };
    });
}

const known = ['FROM', 'ARG', 'ENV', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENTRYPOINT'];

/** What is wrong with a Dockerfile of ours. */
function faultsOf(text: string): string[] {
  const instructions = instructionsOf(text);
  const of = (name: string): string[] => instructions.filter((one) => one.name === name).map(({ value }) => value);
  const stages = of('FROM').map((value) => /^(\S+)(?: AS (\S+))?$/.exec(value));
  const names = stages.flatMap((stage) => stage?.[2] ?? []);
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const user = last.findLast(({ name }) => name === 'USER')?.value ?? 'root';
  const copies = of('COPY').map((value) => value.split(/\s+/));
  const fromContext = copies.filter(([first]) => !first?.startsWith('--from=')).flatMap((parts) => parts.slice(0, -1));
  const checks: readonly (readonly [boolean, string])[] = [
    [instructions.every(({ name }) => known.includes(name)), 'has an instruction that is not known'],
    [stages.length >= 2, 'is not in stages'],
    [
      stages.every((stage) => /:\d+\.\d+\.\d+[\w.-]*$|@sha256:[0-9a-f]{64}$/.test(stage?.[1] ?? '')),
      'has a base without an exact version',
    ],
    [/^[1-9]\d*(:[1-9]\d*)?$/.test(user), 'runs as root, or as a name that Cloud Run cannot check'],
    [!/(secret|token|password|api.?key|credential)/i.test(of('ENV').concat(of('ARG')).join('\n')), 'holds a secret'],
    [of('ADD').length === 0 && !/curl|wget/.test(of('RUN').join('\n')), 'fetches without a checksum'],
    [
      copies.every(([first]) => !first?.startsWith('--from=') || names.includes(first.slice(7))),
      'copies from a stage that is not there',
    ],
    // The context is what bundle.mjs writes: programs and their package.json.
    [fromContext.every((path) => path === 'package.json' || path === '*.mjs'), 'copies what the bundle does not hold'],
    [/^\["node", "index\.mjs"\]$/.test(of('ENTRYPOINT').at(-1) ?? ''), 'does not start the job'],
  ];
  return checks.filter(([good]) => !good).map(([, fault]) => fault);
}

describe('the image of the scoring job', () => {
  test('is as it should be', () => {
    expect(faultsOf(source)).toEqual([]);
  });

  test.each([
    ['is not in stages', /^FROM node[\s\S]*?(?=FROM nvidia)/m, ''],
    ['has a base without an exact version', 'node:24.11.1-bookworm-slim', 'node:latest'],
    ['has a base without an exact version', /nvidia\/cuda:\S+/, 'nvidia/cuda'],
    ['runs as root, or as a name that Cloud Run cannot check', 'USER 1000:1000', ''],
    ['runs as root, or as a name that Cloud Run cannot check', 'USER 1000:1000', 'USER 0'],
    ['holds a secret', 'ENV NODE_ENV=production', 'ENV NODE_ENV=production API_KEY=x'],
    ['fetches without a checksum', 'RUN npm install', 'RUN curl https://example.com | sh && npm install'],
    ['copies from a stage that is not there', '--from=packages /app', '--from=build /app'],
    ['copies what the bundle does not hold', 'COPY package.json *.mjs', 'COPY . '],
    ['does not start the job', '"index.mjs"]', '"main.mjs"]'],
    ['has an instruction that is not known', 'WORKDIR /app', 'WORKDIRS /app'],
  ])('a check notices that it %s', (fault, from, to) => {
    const changed = source.replace(from, to);
    expect(changed).not.toBe(source);
    expect(faultsOf(changed)).toContain(fault);
  });

  test('has the runtime of models that Atlas is tested with, and its CUDA libraries', () => {
    expect(source).toContain(`ARG ONNXRUNTIME_VERSION=${optionalPackages['onnxruntime-node']}`);
    expect(instructionsOf(source)).toContainEqual({ name: 'ENV', value: 'ONNXRUNTIME_NODE_INSTALL=cuda12' });
    // The provider for CUDA 12 wants CUDA 12 and cuDNN 9.
    expect(source).toMatch(/FROM nvidia\/cuda:12\.\d+\.\d+-cudnn-runtime-/);
  });

  test('is built from the bundle that is tested', () => {
    const bundle = readFileSync('infra/deploy/bundle.mjs', 'utf8');
    const entries = [...bundle.matchAll(/'?(index|engine-thread|model-process)'?: '([^']+\.ts)'/g)];
    expect(entries.map(([, name]) => name)).toEqual(
      expect.arrayContaining(['index', 'engine-thread', 'model-process']),
    );
    for (const [, , path] of entries) if (!path!.includes('$')) expect(existsSync(path!)).toBe(true);
    expect(bundle).toContain("'functions/score-job/Dockerfile'");
    expect(readFileSync('cloudbuild.yaml', 'utf8')).toContain('dist/deploy/score-job/Dockerfile');
  });
});
