import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Run {
  readonly seconds: number;
  readonly peakMb: number;
  readonly stdout: string;
  readonly code: number;
}

const hook = pathToFileURL(resolve('infra/bench/rss-hook.mjs')).href;

/** Runs one Node program as a process of its own: wall time from spawn to exit, peak resident memory, output. */
export async function runProcess(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-bench-'));
  const rssFile = join(folder, 'rss');
  const started = performance.now();
  const child = spawn(process.execPath, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, NODE_OPTIONS: `--import ${hook}`, ATLAS_BENCH_RSS: rssFile, ...env },
  });
  const stdout: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number>((done) => child.once('close', (status) => done(status ?? -1)));
  const seconds = (performance.now() - started) / 1000;
  try {
    const peakMb = Number(readFileSync(rssFile, 'utf8')) / 1024;
    return { seconds, peakMb, code, stdout: Buffer.concat(stdout).toString('utf8') };
  } catch {
    throw new Error(`${args[0]} ended with ${code}: ${Buffer.concat(stderr).toString('utf8').slice(-2000)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Median, lowest and highest of a figure. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const figure = (values: readonly number[]): Figure => ({
  median: round(median(values)),
  min: round(Math.min(...values)),
  max: round(Math.max(...values)),
});

export const show = ({ median: middle, min, max }: Figure): string => `${middle} (${min}–${max})`;
