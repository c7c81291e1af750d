import { parseArgs } from 'node:util';
import { findEmulators, startEmulators } from '../emulators/google-emulators.ts';
import { crashTest } from './crash-test.ts';
import { emulatorGround } from './emulator-ground.ts';
import { localGround } from './local-ground.ts';

const { values, positionals } = parseArgs({
  options: { emulators: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [points] = positionals.map(Number);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** 22 kills: enough that every kind of write is struck before and after, at the beginning, midway and at the end. */
async function onEmulators(): Promise<{ passed: number; failed: number } | undefined> {
  const found = findEmulators();
  if ('missing' in found) {
    print(`MISSING: ${found.missing}. NOTHING WAS KILLED ON GOOGLE'S EMULATORS.`);
    return undefined;
  }
  const emulators = await startEmulators(found);
  try {
    process.env.METADATA_SERVER_DETECTION = emulators.env.METADATA_SERVER_DETECTION;
    return await crashTest(emulatorGround(emulators.env, points ?? 4), print);
  } finally {
    await emulators.stop();
  }
}

const result = values.emulators ? await onEmulators() : await crashTest(localGround(points ?? 60), print);
const { passed, failed } = result ?? { passed: 0, failed: 0 };
print(`${passed} passed, ${failed} failed, ${result ? 0 : 1} skipped`);
process.exit(failed === 0 ? 0 : 1);
