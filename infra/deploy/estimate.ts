import { googlePrices } from '../bench/cost-model/google-prices.ts';

/** A price of something that is paid for while it stands, in US dollars a month. */
interface Standing {
  readonly what: string;
  readonly usdPerMonth: number;
  readonly source: string;
}

/** The day on which the prices below were written down. They are from memory of Google’s price pages, named beside each. */
export const pricesOf = '2026-11-24';

const hours = 730;
const secondsOfMonth = hours * 3600;
/** An idle minimum instance costs a tenth of the CPU price and all of its memory. https://cloud.google.com/run/pricing */
const idleShare = 0.1;

/** What is paid for before the first job arrives. */
export const standingCosts: readonly Standing[] = [
  {
    what: 'one warm instance of the API, 1 CPU and 1 GiB, idle',
    usdPerMonth:
      secondsOfMonth * (googlePrices.requestCpuSecond.usd * idleShare + googlePrices.requestMemorySecond.usd),
    source: googlePrices.requestCpuSecond.source,
  },
  {
    what: 'two forwarding rules of the load balancer',
    usdPerMonth: 0.025 * hours,
    source: 'https://cloud.google.com/vpc/network-pricing#lb',
  },
  {
    what: 'Cloud Armor: one policy and five rules',
    usdPerMonth: 5 + 5,
    source: 'https://cloud.google.com/armor/pricing',
  },
  { what: 'one key version in Cloud KMS', usdPerMonth: 0.06, source: 'https://cloud.google.com/kms/pricing' },
];

/** The estimate, a line a cost, as it is shown before anything is made. */
export function estimateLines(): string[] {
  const total = standingCosts.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0);
  return [
    `Cost at list prices of ${pricesOf}, without work, without taxes and free tiers; check them before you rely on them:`,
    ...standingCosts.map(
      ({ what, usdPerMonth, source }) => `  $${usdPerMonth.toFixed(2).padStart(6)} a month  ${what} (${source})`,
    ),
    `  $${total.toFixed(2).padStart(6)} a month  in all; each job, and each gibibyte stored, is on top: npm run bench -- cost, infra/bench/README.md`,
    `  A scoring task takes an L4 at $${(googlePrices.l4Second.usd * 3600).toFixed(2)} an hour, only while it runs.`,
  ];
}
