import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { chainBench, chainTable } from './chain-bench.ts';
import { costBench, costTable } from './cost-model/cost-bench.ts';
import { emulatorBench, emulatorTable } from './emulator-bench.ts';
import { fidelityBench, fidelityTable, keepFidelityTable } from './fidelity-bench.ts';
import { gateBench, gateTable, keepGateTable } from './gate-bench.ts';
import { pipelineBench, pipelineTable } from './pipeline-bench.ts';
import { keepSplatTable, splatBench, splatTable } from './splat-bench.ts';
import { startBench, startTable } from './start-bench.ts';

const rounds = 5;

/** Each part measures, and says how its result reads as Markdown. */
const parts: Record<string, () => Promise<{ result: unknown; table: string }>> = {
  async pipeline() {
    const result = await pipelineBench(rounds, (line) => process.stderr.write(`${line}\n`));
    return { result, table: pipelineTable(result) };
  },
  async chain() {
    const result = await chainBench({ single: 50, jobs: 1000, concurrency: 16 });
    return { result, table: chainTable(result) };
  },
  async cost() {
    const result = await costBench(rounds);
    return { result, table: costTable(result) };
  },
  async emulators() {
    const result = await emulatorBench(200);
    return { result, table: emulatorTable(result) };
  },
  async gate() {
    const result = await gateBench(rounds, (line) => process.stderr.write(`${line}\n`));
    const table = gateTable(result);
    // Verdicts are the same on every machine: unlike times, they are kept from a part alone as well.
    keepGateTable(table);
    return { result, table };
  },
  async fidelity() {
    const result = await fidelityBench((line) => process.stderr.write(`${line}\n`));
    const table = fidelityTable(result);
    if (result.length > 0) keepFidelityTable(table);
    return { result, table };
  },
  async splats() {
    const result = splatBench((line) => process.stderr.write(`${line}\n`));
    const table = splatTable(result);
    keepSplatTable(table);
    return { result, table };
  },
  async start() {
    const result = await startBench(rounds);
    return { result, table: startTable(result) };
  },
};

const machine = {
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
};

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknown = wanted.find((name) => !parts[name]);
if (unknown) throw new Error(`there is no bench ${unknown}; there are ${Object.keys(parts).join(', ')}`);

const day = new Date().toISOString().slice(0, 10);
const results: Record<string, unknown> = { day, machine };
const tables = [
  `## ${day}, ${machine.cores} cores (${machine.processor}), Node ${machine.node}; median (lowest–highest)`,
  '',
];
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  const { result, table } = (await parts[name]?.()) ?? { result: undefined, table: '' };
  results[name] = result;
  tables.push(table);
  process.stdout.write(`${table}\n`);
}

// A part alone is a look; only a whole run is kept.
if (wanted.length === 0) {
  const folder = join('infra', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${manifest.version}.json`), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, `${manifest.version}.md`), tables.join('\n'));
  process.stdout.write(`Written to ${folder}/${manifest.version}.md and .json\n`);
}
