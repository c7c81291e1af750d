import { crashTest } from './crash-test.ts';

/** Points of the full test. */
const count = Number(process.argv[2] ?? 60);
const { passed, failed } = await crashTest(count, (line) => process.stdout.write(`${line}\n`));
process.stdout.write(`${passed} passed, ${failed} failed, 0 skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
