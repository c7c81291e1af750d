// Loaded before a measured program: writes its peak resident memory (kilobytes) when it ends.
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env.ATLAS_BENCH_RSS;

/** Linux counts the parent’s memory at the time of the fork into `maxRSS`; VmHWM begins with the program itself. */
function peakKb() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

if (file && isMainThread) process.on('exit', () => writeFileSync(file, String(peakKb())));
