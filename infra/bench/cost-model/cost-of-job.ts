import { groupItemsAtMost } from '../../../shared/records/group-commit.ts';
import { shardCount } from '../../../shared/records/shards.ts';
import { googlePrices, type PriceName } from './google-prices.ts';

/** What one job does, counted on a real run of the chain. */
export interface JobCounts {
  /** Seconds of each stage’s work on one core. */
  readonly stageSeconds: number;
  readonly requests: number;
  readonly documentReads: number;
  readonly documentWrites: number;
  readonly messages: number;
  readonly objectWrites: number;
  readonly objectReads: number;
  readonly internalSteps: number;
  readonly externalSteps: number;
  /** Bytes that the job leaves in the object store. */
  readonly storedBytes: number;
  /** Bytes that the customer downloads. */
  readonly deliveredBytes: number;
  /** Seconds of a scoring job on an L4; none unless the job asks for one. */
  readonly scoreSeconds: number;
}

/** What a function instance has; the numbers that Terraform gives the 3D stages. */
export const stageInstance = { vcpu: 2, memoryGib: 8 } as const;
const scoreInstance = { vcpu: 4, memoryGib: 16 } as const;
/** Seconds that a request costs besides its work: bookkeeping of a stage, measured by the chain bench, rounded up. */
const requestSeconds = 0.1;
const gib = 2 ** 30;

export interface CostLine {
  readonly price: PriceName;
  readonly quantity: number;
  readonly usd: number;
}

/** The cost of one job at list prices, one line a price, files kept for `storedDays`. */
export function costOfJob(counts: JobCounts, storedDays: number): CostLine[] {
  const seconds = counts.stageSeconds + counts.requests * requestSeconds;
  const quantities: Record<PriceName, number> = {
    requestCpuSecond: seconds * stageInstance.vcpu,
    requestMemorySecond: seconds * stageInstance.memoryGib,
    request: counts.requests,
    jobCpuSecond: counts.scoreSeconds * scoreInstance.vcpu,
    jobMemorySecond: counts.scoreSeconds * scoreInstance.memoryGib,
    l4Second: counts.scoreSeconds,
    internalStep: counts.internalSteps,
    externalStep: counts.externalSteps,
    documentRead: counts.documentReads,
    documentWrite: counts.documentWrites,
    message: counts.messages,
    classA: counts.objectWrites,
    classB: counts.objectReads,
    storedGibMonth: (counts.storedBytes / gib) * (storedDays / 30),
    egressGib: counts.deliveredBytes / gib,
    signature: 1,
  };
  return Object.entries(quantities)
    .filter(([, quantity]) => quantity > 0)
    .map(([name, quantity]) => {
      const price = name as PriceName;
      return { price, quantity, usd: quantity * googlePrices[price].usd };
    });
}

/** A limit of the platform that a rate of jobs comes near to. */
export interface Pressure {
  readonly limit: string;
  readonly most: number;
  readonly used: number;
  readonly answer: string;
}

/**
 * What `jobsPerHour` use of each limit that binds, the tightest first. Limits are defaults of a new project; most can be
 * raised on request.
 */
export function pressures(counts: JobCounts, jobsPerHour: number): Pressure[] {
  const perSecond = jobsPerHour / 3600;
  const busyStages = perSecond * counts.stageSeconds;
  const list: Pressure[] = [
    {
      limit: 'workflow executions under way (10,000 a region)',
      most: 10_000,
      used: perSecond * (counts.stageSeconds + counts.scoreSeconds + 5),
      answer: 'executions beyond it wait in Google’s backlog of 100,000; more regions beyond that',
    },
    {
      limit: 'instances of the stages (100 a function by default, four of them)',
      most: 400,
      used: busyStages,
      answer: 'max_instance_count and the regional CPU quota are raised; messages wait meanwhile',
    },
    {
      limit: `writes of a shard of one tenant’s usage of the day (about 1 a second; ${shardCount} shards)`,
      most: 1,
      used: perSecond / shardCount,
      answer: 'sums are increments without a read, spread by job; a tenant beyond it gets more shards',
    },
    {
      limit: `commits of one tenant’s counter of accepted jobs (about 1 a second, ${groupItemsAtMost} jobs each)`,
      most: 1,
      used: perSecond / groupItemsAtMost,
      answer: 'jobs that arrive while one commit is on its way share the next; when it slows down they wait, not fail',
    },
    {
      limit: 'document writes of a database (10,000 a second without ramp-up)',
      most: 10_000,
      used: perSecond * counts.documentWrites,
      answer: 'ids are spread, so Firestore splits; traffic doubles at most every five minutes',
    },
    {
      limit: 'L4 GPUs (quota of a new project: 3 a region)',
      most: 3,
      used: perSecond * counts.scoreSeconds,
      answer: 'scoring is asked for, not on by default; jobs queue; the quota is raised',
    },
  ];
  return list.sort((a, b) => b.used / b.most - a.used / a.most);
}
