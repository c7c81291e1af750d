import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type DiskObjectStore, diskObjectStore } from '../shared/adapters/local/disk-object-store.ts';
import { fileSecret } from '../shared/adapters/local/file-keys.ts';
import { fileSigner } from '../shared/adapters/local/file-signer.ts';
import { localIdentity } from '../shared/adapters/local/local-identity.ts';
import { openSqlite, type SqliteDatabase } from '../shared/adapters/local/sqlite.ts';
import { type BusMessage, type SqliteBus, type Subscription, sqliteBus } from '../shared/adapters/local/sqlite-bus.ts';
import { sqliteDocStore } from '../shared/adapters/local/sqlite-doc-store.ts';
import { guardedOutbound } from '../shared/adapters/net/guarded-outbound.ts';
import { threadEngine } from '../shared/adapters/threads/thread-engine.ts';
import { restWorkflowRunner } from '../shared/adapters/workflows/rest-workflow-runner.ts';
import { type Config, readConfig } from '../shared/config.ts';
import { jsonLog, type Log } from '../shared/log.ts';
import type { Clock, Engine } from '../shared/ports/index.ts';
import { limits } from '../shared/schema/index.ts';
import type { Deps, Settings } from './context.ts';

/** What the local mode has beyond the ports: its files, and a bus that this process may have to drive. */
export interface LocalDeps extends Deps {
  readonly db: SqliteDatabase;
  readonly objects: DiskObjectStore;
  readonly bus: SqliteBus;
  readonly secret: Uint8Array;
  close(): Promise<void>;
}

const second = 1000;
const stageTopic: Subscription = {
  minimumBackoffMs: 200,
  maximumBackoffMs: 10 * second,
  maxDeliveryAttempts: 10,
  concurrency: 16,
};

/** The topics and how they are pushed; in the cloud the same numbers stand in Terraform. */
export const subscriptions: Record<string, Subscription> = {
  'atlas-dispatch': stageTopic,
  'atlas-refine': stageTopic,
  'atlas-convert': stageTopic,
  'atlas-gate': stageTopic,
  'atlas-settle': stageTopic,
  // The most that Pub/Sub allows, 100 attempts up to ten minutes apart: an endpoint may be down for fifteen hours.
  'atlas-webhook': {
    minimumBackoffMs: 10 * second,
    maximumBackoffMs: 600 * second,
    maxDeliveryAttempts: 100,
    concurrency: 16,
  },
};

const systemClock: Clock = { now: () => new Date() };

/** Only the stores, for a program that works beside the server: the scoring job. */
export function storesFrom(config: Config): Pick<Deps, 'docs' | 'objects'> & { close(): void } {
  const db = openSqlite(join(config.home, 'atlas.db'));
  const secret = fileSecret(join(config.home, 'keys', 'local-secret'));
  const noUrls = () => {
    throw new TypeError('signed URLs are made by the server');
  };
  return {
    docs: sqliteDocStore(db),
    objects: diskObjectStore(join(config.home, 'objects'), { secret, baseUrl: noUrls }),
    close: () => db.close(),
  };
}

/** The thread’s program lies beside the bundle; in the source tree it is the last build. */
function threadEntry(): URL {
  const built = import.meta.url.endsWith('.ts') ? '../dist/engine-thread.mjs' : './engine-thread.mjs';
  return new URL(built, import.meta.url);
}

/** 3D work on threads of this process, each with the limits that stand beside the schemas. */
export const localEngine = (threads: number): Engine =>
  threadEngine({
    entry: threadEntry(),
    threads,
    timeoutMs: limits.workTimeoutMs,
    heapMb: limits.workHeapMb,
    memoryMb: limits.workMemoryMb,
  });

/**
 * Composes the local mode: everything in one folder on this machine.
 *
 * @param place - where the server can be reached, asked for when it is needed: the port may be chosen late.
 */
export function localDeps(
  config: Config,
  log: Log,
  place: { url: () => string; push: (message: BusMessage) => Promise<void> },
  clock: Clock = systemClock,
): LocalDeps {
  mkdirSync(config.home, { recursive: true });
  const db = openSqlite(join(config.home, 'atlas.db'));
  const secret = fileSecret(join(config.home, 'keys', 'local-secret'));
  const identity = localIdentity(secret, clock);
  const settings: Settings = {
    get publicUrl() {
      return place.url();
    },
    get functionsUrl() {
      return `${place.url()}/fn`;
    },
    project: config.project,
    webhookHostsAllowed: config.webhookHostsAllowed,
  };
  const engine = localEngine(config.threads ?? Math.max(1, availableParallelism()));
  return {
    db,
    secret,
    clock,
    log,
    settings,
    engine,
    identity,
    docs: sqliteDocStore(db),
    objects: diskObjectStore(join(config.home, 'objects'), { secret, baseUrl: place.url }),
    bus: sqliteBus(db, { subscriptions, push: place.push, clock, log }),
    outbound: guardedOutbound({ hostsOpened: config.webhookHostsAllowed }),
    signer: fileSigner(join(config.home, 'keys', 'receipt-ed25519.pem')),
    workflows: restWorkflowRunner({
      baseUrl: place.url,
      parent: `projects/${config.project}/locations/${config.location}`,
      token: () => identity.mint(settings.functionsUrl),
    }),
    async close() {
      await engine.close();
      db.close();
    },
  };
}

/**
 * The ports of one function that runs in a process of its own beside the local server: it shares the folder, and the
 * server, which ATLAS_PUBLIC_URL names, drives the bus.
 */
export function deployedDeps(environment: Record<string, string | undefined>): Deps {
  const config = readConfig(environment);
  const url = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const log = jsonLog((line) => process.stderr.write(line), config.logLevel);
  return localDeps(config, log, { url: () => url, push: () => Promise.reject(new Error('the server pushes')) });
}
