import { rmSync } from 'node:fs';
import { type Remains, runWhole, runWithCrash } from './crash-run.ts';
import { crashTemplate } from './crash-template.ts';

/** Names of what differs between two endings. */
export function differences(one: Remains, other: Remains): string[] {
  const keys = Object.keys(one) as (keyof Remains)[];
  return keys.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
}

/** Points spread evenly over all durable writes, alternating before and after. */
export function crashPoints(writes: number, count: number): string[] {
  const most = Math.min(count, writes * 2);
  return Array.from({ length: most }, (_, n) => {
    const point = 1 + Math.floor((n * writes) / most);
    return `${point}:${n % 2 === 0 ? 'before' : 'after'}`;
  });
}

/** Times that a point is brought forward when the job ended before it: runs differ by a few writes. */
const pointsAtMost = 4;

/** Kills one job at the point, or as near before it as the run came. */
async function strike(template: string, point: string): Promise<{ remains: Remains; struck: string | undefined }> {
  const [write = '', when] = point.split(':');
  for (let tries = 0; ; tries++) {
    const struck = `${Math.max(1, Math.floor(Number(write) * 0.9 ** tries))}:${when}`;
    const { remains, killed } = await runWithCrash(template, struck);
    if (killed) return { remains, struck };
    if (tries === pointsAtMost) return { remains, struck: undefined };
  }
}

/** Kills one job at `count` points; prints a line each and returns how many held and how many did not. */
export async function crashTest(
  count: number,
  print: (line: string) => void,
): Promise<{ passed: number; failed: number }> {
  const template = await crashTemplate();
  let passed = 0;
  let failed = 0;
  try {
    const whole = await runWhole(template);
    print(`reference: ${whole.remains.status}, ${whole.writes} durable writes`);
    if (whole.remains.status !== 'delivered') return { passed, failed: 1 };
    for (const point of crashPoints(whole.writes, count)) {
      const { remains, struck } = await strike(template, point);
      const wrong = differences(whole.remains, remains);
      const good = wrong.length === 0 && struck !== undefined;
      if (good) passed++;
      else failed++;
      print(
        `${good ? 'ok  ' : 'FAIL'} ${struck ? `killed at write ${struck}` : `never killed at write ${point}`}${wrong.length === 0 ? '' : `: ${wrong.join(', ')} differ`}`,
      );
      if (!good)
        print(
          JSON.stringify(
            Object.fromEntries(
              wrong.map((key) => [key, [whole.remains[key as keyof Remains], remains[key as keyof Remains]]]),
            ),
          ).slice(0, 4000),
        );
    }
  } finally {
    rmSync(template, { recursive: true, force: true });
  }
  return { passed, failed };
}
