import '../../functions/engine/compile-wasm-fully.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { convert } from '../../functions/engine/convert.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';

/**
 * The convert stage alone as a program, for comparison with others: source, output, triangles, and how often (once when
 * absent). Prints the milliseconds of the last time: the stage as it is in an engine that has run before.
 */
const [source = '', out = '', triangles = '0', times = '1'] = process.argv.slice(2);
const recipe = { ...findProfile('web').defaults.convert, triangles: Number(triangles), lods: [] };
for (let time = 1; time <= Number(times); time++) {
  const glb = new Uint8Array(readFileSync(source));
  const started = performance.now();
  const { files } = await convert({ glb, recipe });
  const ms = performance.now() - started;
  if (time < Number(times)) continue;
  writeFileSync(out, files[0]?.glb ?? new Uint8Array());
  process.stdout.write(`${ms}\n`);
}
