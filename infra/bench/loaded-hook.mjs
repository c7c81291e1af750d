// Loaded before a function that the start bench looks into, not into those that it times: tells at the end which packages’
// modules were loaded, and the peak of memory. A function never ends by itself, so the bench sends SIGTERM.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const file = process.env.ATLAS_BENCH_LOADED;
const client = /node_modules.@google-cloud.(firestore|pubsub|storage)\W/;
const { cache } = createRequire(import.meta.url);

function report() {
  const files = Object.keys(cache).filter((path) => path.includes('node_modules'));
  const peakKb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return {
    packageBytes: files.reduce((sum, path) => sum + statSync(path).size, 0),
    googleClients: [...new Set(files.flatMap((path) => client.exec(path)?.[1] ?? []))].sort(),
    peakMb: Number(peakKb) / 1024,
  };
}

if (file && isMainThread) {
  process.on('exit', () => writeFileSync(file, JSON.stringify(report())));
  process.prependListener('SIGTERM', () => process.exit(0));
}
