import { rmSync } from 'node:fs';
import { type Counts, type Remains, runWhole, runWithCrash } from './crash-run.ts';
import type { CrashGround, CrashTemplate } from './crash-site.ts';
import { crashTemplate } from './crash-template.ts';

/** Names of what differs between two endings. */
export function differences(one: Remains, other: Remains): (keyof Remains)[] {
  const keys = Object.keys(one) as (keyof Remains)[];
  return keys.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
}

/** Points spread evenly over all durable writes of a kind, alternating before and after. */
export function crashPoints(kind: string, writes: number, count: number): string[] {
  const most = Math.min(count, writes * 2);
  return Array.from({ length: most }, (_, n) => {
    const point = 1 + Math.floor((n * writes) / most);
    return `${kind}:${point}:${n % 2 === 0 ? 'before' : 'after'}`;
  });
}

/** Times that a point is brought forward when the job ended before it: runs differ by a few writes. */
const pointsAtMost = 4;

interface Case {
  readonly name: string;
  /** What is left, and what was struck; undefined when it never was. */
  run(): Promise<{ remains: Remains; struck: string | undefined }>;
}

/** Kills the server of one job at the point, or as near before it as the run came. */
const serverCase = (ground: CrashGround, template: CrashTemplate, point: string): Case => ({
  name: `server at ${point}`,
  async run() {
    const [kind, write = '', when] = point.split(':');
    for (let tries = 0; ; tries++) {
      const struck = `${kind}:${Math.max(1, Math.floor(Number(write) * 0.9 ** tries))}:${when}`;
      const { remains, killed } = await runWithCrash(ground, template, struck);
      if (killed) return { remains, struck: `server at ${struck}` };
      if (tries === pointsAtMost) return { remains, struck: undefined };
    }
  },
});

/** Kills the first scoring task, and nothing else: the workflow runs a second one. */
function taskCase(ground: CrashGround, template: CrashTemplate, when: string): Case {
  const point = `${ground.taskWrite}:${when}`;
  const name = `scoring task at ${point}`;
  return {
    name,
    async run() {
      const { remains, counts } = await runWhole(ground, template, point);
      return { remains, struck: counts.task === 2 ? name : undefined };
    },
  };
}

/** Runs one case and prints how it ended. @returns whether it ended like the undisturbed run */
async function holds(whole: Remains, { name, run }: Case, print: (line: string) => void): Promise<boolean> {
  const started = performance.now();
  const { remains, struck } = await run();
  const wrong = differences(whole, remains);
  const good = wrong.length === 0 && struck !== undefined;
  const what = struck ? `killed: ${struck}` : `never killed: ${name}`;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`${good ? 'ok  ' : 'FAIL'} ${what}, ${seconds} s${wrong.length === 0 ? '' : `; ${wrong.join(', ')} differ`}`);
  if (wrong.length > 0) {
    const both = wrong.map((key) => [key, [whole[key], remains[key]]]);
    print(JSON.stringify(Object.fromEntries(both)).slice(0, 4000));
  }
  return good;
}

function casesOf(ground: CrashGround, template: CrashTemplate, counts: Counts): Case[] {
  const points = ground.kinds.flatMap((kind) => crashPoints(kind, counts[kind] ?? 0, ground.pointsOfEachKind));
  return [
    ...points.map((point) => serverCase(ground, template, point)),
    ...['before', 'after'].map((when) => taskCase(ground, template, when)),
  ];
}

const describeCounts = (counts: Counts): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');

/** Kills one job at many points; prints a line each and returns how many held and how many did not. */
export async function crashTest(
  ground: CrashGround,
  print: (line: string) => void,
): Promise<{ passed: number; failed: number }> {
  const template = await crashTemplate();
  let passed = 0;
  let failed = 0;
  try {
    const whole = await runWhole(ground, template);
    print(`reference: ${whole.remains.status}; durable writes: ${describeCounts(whole.counts)}`);
    if (whole.remains.status !== 'delivered') return { passed, failed: 1 };
    const cases = casesOf(ground, template, whole.counts);
    const work = async (): Promise<void> => {
      for (let next = cases.shift(); next; next = cases.shift()) {
        const { name } = next;
        const good = await holds(whole.remains, next, print).catch((error: unknown) => {
          print(`FAIL ${name}: ${error}`);
          return false;
        });
        if (good) passed++;
        else failed++;
      }
    };
    await Promise.all(Array.from({ length: ground.atOnce }, work));
  } finally {
    rmSync(template.home, { recursive: true, force: true });
  }
  return { passed, failed };
}
