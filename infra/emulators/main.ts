// `npm run test:emulators`: the contract suites and whole pipelines on Google's Firestore and Pub/Sub emulators, with
// objects in our Cloud-Storage-compatible server.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEmulators, startEmulators } from './google-emulators.ts';

function jest(env: Record<string, string>, report: string): Promise<number | null> {
  const { jest: settings } = JSON.parse(readFileSync('package.json', 'utf8'));
  const config = {
    ...settings,
    rootDir: process.cwd(),
    testMatch: ['**/*.emulator.test.ts'],
    testPathIgnorePatterns: ['/node_modules/'],
  };
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        '--no-warnings',
        '--experimental-vm-modules',
        'node_modules/jest/bin/jest.js',
        // One at a time: the suites share the emulators, and clear them.
        '--runInBand',
        // The Functions Framework prints each error that a fault test provokes.
        '--silent',
        // Google's clients keep connections that they do not give back.
        '--forceExit',
        `--config=${JSON.stringify(config)}`,
        '--json',
        `--outputFile=${report}`,
        ...process.argv.slice(2),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } },
    );
    child.once('error', reject);
    child.once('close', resolve);
  });
}

const found = findEmulators();
if ('missing' in found) {
  console.log('='.repeat(100));
  console.log(`MISSING: ${found.missing}. NOTHING WAS TESTED ON GOOGLE'S EMULATORS.`);
  console.log('Install Java and gcloud with its components cloud-firestore-emulator and pubsub-emulator.');
  console.log('='.repeat(100));
  console.log('0 passed, 0 failed, 1 skipped');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-emulators-'));
  const report = join(folder, 'jest.json');
  const started = Date.now();
  const emulators = await startEmulators(found);
  console.log(`emulators ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 1 };
  let code: number | null = 1;
  try {
    code = await jest(emulators.env, report);
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    await emulators.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  console.log(`${counts.numPassedTests} passed, ${failed} failed, ${counts.numPendingTests} skipped`);
  process.exitCode = failed === 0 && code === 0 ? 0 : 1;
}
