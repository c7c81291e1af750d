// `npm test`: installs and builds what is missing, then format and lint, types, import rules, unused code, all tests.
// With `--tests`: of the tests those whose paths match the arguments, and nothing else.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '../build/ensure.mjs';

const [onlyTests, ...paths] = process.argv[2] === '--tests' ? process.argv.slice(2) : [false, ...process.argv.slice(2)];
const report = join(mkdtempSync(join(tmpdir(), 'atlas-test-')), 'jest.json');

/** Name, command, arguments. */
const checks = [
  ['format and lint', 'npx', ['biome', 'ci', '.']],
  ['types', 'node', ['node_modules/typescript/bin/tsc', '--noEmit']],
  [
    'import rules',
    'npx',
    ['depcruise', 'functions', 'workflows', 'infra', 'shared', 'clients', '--config', '.dependency-cruiser.mjs'],
  ],
  ['unused code', 'npx', ['knip', '--no-progress']],
].map(([name, command, args]) => ({ name, command, args }));

const jest = {
  name: 'tests',
  command: 'node',
  args: [
    '--no-warnings',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    ...paths,
  ],
};

function run({ name, command, args }) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      env: { ...process.env, npm_config_loglevel: 'error', NO_UPDATE_NOTIFIER: '1' },
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(String(error))));
    child.on('close', (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
      if (code !== 0 || name === 'tests') process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}

/** Two at a time: the machine that this is made for has two cores. */
async function runPairwise(list) {
  const results = [];
  const queue = [...list];
  await Promise.all(
    [0, 1].map(async () => {
      for (let check = queue.shift(); check; check = queue.shift()) results.push(await run(check));
    }),
  );
  return results;
}

const results = onlyTests ? [] : await runPairwise(checks);
const testsGood = await run(jest);
let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0 };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  counts.numRuntimeErrorTestSuites = 1;
}
rmSync(report, { force: true });
const checksFailed = results.filter((good) => !good).length;
const passed = counts.numPassedTests + results.length - checksFailed;
const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites + checksFailed;
console.log(`${passed} passed, ${failed} failed, ${counts.numPendingTests} skipped`);
process.exitCode = failed === 0 && testsGood ? 0 : 1;
