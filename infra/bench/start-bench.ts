import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Figure, figure, runProcess, show } from './measure.ts';

export interface StartResult {
  /** The time that Node itself takes to start and end, in milliseconds. */
  readonly node: Figure;
  readonly entries: {
    readonly name: string;
    readonly ms: Figure;
    readonly peakMb: Figure;
    readonly sizeBytes: number;
  }[];
}

/** Whole process of each function’s entry: spawn, load, register, end. */
export async function startBench(rounds: number): Promise<StartResult> {
  const folder = resolve('dist/functions');
  const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  const time = async (args: string[]) => {
    const runs = [];
    for (let round = 0; round <= rounds; round++) runs.push(await runProcess(args));
    const counted = runs.slice(1);
    return {
      ms: figure(counted.map(({ seconds }) => seconds * 1000)),
      peakMb: figure(counted.map(({ peakMb }) => peakMb)),
    };
  };
  const { ms: node } = await time(['-e', '0']);
  const entries = [];
  for (const name of names) {
    const path = join(folder, name);
    entries.push({ name: name.replace('.mjs', ''), ...(await time([path])), sizeBytes: statSync(path).size });
  }
  return { node, entries };
}

export function startTable({ node, entries }: StartResult): string {
  return [
    `### Start of each function’s entry (whole process; an empty Node takes ${show(node)} ms)`,
    '',
    '| function | ms | peak MB |',
    '| --- | ---: | ---: |',
    ...entries.map(({ name, ms, peakMb }) => `| ${name} | ${show(ms)} | ${show(peakMb)} |`),
    '',
  ].join('\n');
}
