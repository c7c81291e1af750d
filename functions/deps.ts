import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumRenderer } from '../shared/adapters/chromium/chromium-renderer.ts';
import { firestoreDocStore } from '../shared/adapters/gcp/firestore-doc-store.ts';
import { gcsObjectStore } from '../shared/adapters/gcp/gcs-object-store.ts';
import { googleIdentity } from '../shared/adapters/gcp/google-identity.ts';
import { accessTokens } from '../shared/adapters/gcp/google-rest.ts';
import { kmsSigner } from '../shared/adapters/gcp/kms-signer.ts';
import { pubsubBus } from '../shared/adapters/gcp/pubsub-bus.ts';
import { pubsubDeadLetters } from '../shared/adapters/gcp/pubsub-dead-letters.ts';
import { pubsubPulledBus } from '../shared/adapters/gcp/pubsub-pulled-bus.ts';
import { secretManager } from '../shared/adapters/gcp/secret-manager.ts';
import { type DiskBucket, diskBucket } from '../shared/adapters/local/disk-bucket.ts';
import { diskObjectStore } from '../shared/adapters/local/disk-object-store.ts';
import { fileSecret, fileUrlKey, localAccount } from '../shared/adapters/local/file-keys.ts';
import { fileSecrets } from '../shared/adapters/local/file-secrets.ts';
import { type FileSigner, fileSigner } from '../shared/adapters/local/file-signer.ts';
import type { UrlKey } from '../shared/adapters/local/gcs/url-key.ts';
import { localIdentity } from '../shared/adapters/local/local-identity.ts';
import { onceFolder } from '../shared/adapters/local/once-folder.ts';
import { purgeTenantRows } from '../shared/adapters/local/purge-tenant.ts';
import { openSqlite, type SqliteDatabase } from '../shared/adapters/local/sqlite.ts';
import { sqliteBus } from '../shared/adapters/local/sqlite-bus.ts';
import { sqliteDocStore } from '../shared/adapters/local/sqlite-doc-store.ts';
import { guardedOutbound } from '../shared/adapters/net/guarded-outbound.ts';
import { onnxModelRunner } from '../shared/adapters/onnx/onnx-model-runner.ts';
import type { MetricSink } from '../shared/adapters/telemetry/in-process-telemetry.ts';
import { logMetrics } from '../shared/adapters/telemetry/log-metrics.ts';
import { openTelemetry } from '../shared/adapters/telemetry/open-telemetry.ts';
import { prometheusMetrics } from '../shared/adapters/telemetry/prometheus-metrics.ts';
import { threadEngine } from '../shared/adapters/threads/thread-engine.ts';
import { openAiVisionJudge } from '../shared/adapters/vision/openai-vision-judge.ts';
import { vertexVisionJudge } from '../shared/adapters/vision/vertex-vision-judge.ts';
import { cloudWorkflowsRunner } from '../shared/adapters/workflows/cloud-workflows-runner.ts';
import { restWorkflowRunner } from '../shared/adapters/workflows/rest-workflow-runner.ts';
import { type CloudConfig, type Config, googleOtlp, readConfig } from '../shared/config.ts';
import { describeError, jsonLog, type Log } from '../shared/log.ts';
import type {
  BusMessage,
  Clock,
  DocStore,
  DrivenBus,
  Engine,
  ModelRenderer,
  ModelRunner,
  ObjectStore,
  Secrets,
  Subscription,
  Telemetry,
  VisionJudge,
} from '../shared/ports/index.ts';
import { limits } from '../shared/schema/index.ts';
import { inTrace } from '../shared/trace-context.ts';
import type { Deps, Settings } from './context.ts';

/** What the local mode has beyond the ports: its files, and a bus that this process may have to drive. */
export interface LocalDeps extends Deps {
  readonly db: SqliteDatabase;
  /** Where `objects` of the local mode lie, and the key that signs their URLs: what the server needs to answer them. */
  readonly bucket: DiskBucket;
  readonly urlKey: UrlKey;
  readonly bus: DrivenBus & { deadLetters(): BusMessage[] };
  readonly signer: FileSigner;
  readonly secret: Uint8Array;
  /** The metrics of this process, as Prometheus reads them. */
  metricsText(): string;
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

/** Documents in Firestore: Google’s, or its emulator. */
const firestoreOf = (config: Config, log: Log) =>
  firestoreDocStore({
    project: config.project,
    ...(config.emulator ? { emulatorHost: config.emulator.firestoreHost } : {}),
    onWatchEnded: (error) => log('WARNING', 'a watch of documents ended', { error: describeError(error) }),
  });

/** Objects in Cloud Storage: Google’s, or what stands in for it. Undefined in the local mode. */
function cloudObjects({ cloud, emulator }: Config): ObjectStore | undefined {
  if (cloud) return gcsObjectStore({ bucket: cloud.bucket });
  if (!emulator) return undefined;
  return gcsObjectStore({ bucket: emulator.bucket, emulator: { url: emulator.storageUrl, account: localAccount } });
}

/** Dead letters in Pub/Sub, which wait a month for an operator. Undefined in the local mode, where they are rows. */
export const deadLettersIn = ({ project, emulator, mode }: Config) =>
  mode === 'local'
    ? undefined
    : pubsubDeadLetters({
        project,
        topics: Object.keys(subscriptions),
        ...(emulator ? { emulatorHost: emulator.pubsubHost } : {}),
      });

/** Only the stores, for a program that works beside the server: the scoring job. */
export function storesFrom(
  config: Config,
  log: Log = () => undefined,
): Pick<Deps, 'docs' | 'objects'> & { close(): Promise<void> } {
  const objects = cloudObjects(config);
  if (objects) {
    const docs = firestoreOf(config, log);
    return { docs, objects, close: () => docs.close() };
  }
  const db = openSqlite(join(config.home, 'atlas.db'));
  const disk = diskObjectStore(diskBucket(join(config.home, 'objects')));
  return { docs: sqliteDocStore(db), objects: disk, close: async () => db.close() };
}

const toStderr = (line: string): void => void process.stderr.write(line);

/** The log of a process that runs by itself. */
export const processLog = (config: Config): Log =>
  jsonLog(toStderr, config.logLevel, config.cloud ? config.project : undefined);

/** Google’s receiver wants tokens; a collector of one’s own does not. */
export const telemetryOf = (config: Config, log: Log, measured?: MetricSink): Telemetry =>
  openTelemetry({
    ...config.traces,
    ...{ log, metrics: measured ?? (config.cloud ? logMetrics(toStderr, config.project) : undefined) },
    google: config.cloud && {
      project: config.project,
      region: config.location,
      token: config.traces.endpoint === googleOtlp ? accessTokens() : undefined,
    },
  });

/** Programs of threads and processes lie beside the bundle; in the source tree they are of the last build. */
const builtEntry = (name: string): URL =>
  new URL(`${import.meta.url.endsWith('.ts') ? '../dist' : '.'}/${name}.mjs`, import.meta.url);

/** 3D work on threads of this process, each with the limits that stand beside the schemas. */
export const localEngine = (threads: number): Engine =>
  threadEngine({
    entry: builtEntry('engine-thread'),
    threads,
    timeoutMs: limits.workTimeoutMs,
    heapMb: limits.workHeapMb,
    memoryMb: limits.workMemoryMb,
  });

/** Neural networks in a process of their own, on CUDA where there is one. */
export const localModelRunner = (): ModelRunner => onnxModelRunner(fileURLToPath(builtEntry('model-process')));

/** A folder in which the scoring job creates manifests of local files. */
export const manifestFolder = onceFolder;

/** Draws presentation pictures where Chromium and the packages for it are installed; says what is missing elsewhere. */
export const modelRenderer = (): ModelRenderer => chromiumRenderer();

/** Secrets without the rest: files of the folder, or Secret Manager. */
const secretsFrom = (config: Config): Secrets =>
  config.cloud
    ? secretManager({ project: config.project, prefix: 'atlas-' })
    : fileSecrets(join(config.home, 'keys', 'secrets'), config.vision?.secret ? [config.vision.secret] : []);

/** The vision model that the operator named; undefined without one. @throws AtlasError for a URL that may not be used */
export function visionJudgeFrom(config: Config): VisionJudge | undefined {
  if (!config.vision) return undefined;
  const { url, model, price, secret } = config.vision;
  if (url === 'vertex') {
    const { project, location } = config;
    return vertexVisionJudge({ project, location, model, price, token: accessTokens() });
  }
  const secrets = secretsFrom(config);
  const token = secret && (async () => Buffer.from((await secrets.latest(secret)).bytes).toString('utf8'));
  return openAiVisionJudge({ url, model, price, token: token || undefined });
}

interface DrivenStores {
  readonly docs: DocStore;
  readonly bus: LocalDeps['bus'];
  close(): Promise<void>;
}

/** Documents and messages of the local mode in its database, or those of the emulator mode on Google’s emulators. */
function drivenStores(
  config: Config,
  db: SqliteDatabase,
  options: { push: (message: BusMessage) => Promise<void>; clock: Clock; log: Log },
): DrivenStores {
  const { emulator, project } = config;
  if (!emulator) {
    return {
      docs: sqliteDocStore(db),
      bus: sqliteBus(db, { subscriptions, ...options }),
      close: async () => undefined,
    };
  }
  const docs = firestoreOf(config, options.log);
  const { push, log } = options;
  const bus = pubsubPulledBus({
    ...{ project, subscriptions, push, log, emulatorHost: emulator.pubsubHost, copies: emulator.deliveries },
  });
  return {
    docs,
    bus,
    async close() {
      await docs.close();
      await bus.close();
    },
  };
}

/** Addresses are asked for when they are needed: the port may be chosen late. */
const localSettings = (config: Config, place: { url: () => string }): Settings => ({
  get publicUrl() {
    return place.url();
  },
  get functionsUrl() {
    return `${place.url()}/fn`;
  },
  project: config.project,
  webhookHostsAllowed: config.webhookHostsAllowed,
});

/**
 * Composes the local mode: everything in one folder on this machine. In the emulator mode documents and messages are on
 * Google’s emulators and objects in what stands in for Cloud Storage; the rest stays in the folder.
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
  const bucket = diskBucket(join(config.home, 'objects'));
  const urlKey = fileUrlKey(join(config.home, 'keys', 'url-rsa.pem'));
  const settings = localSettings(config, place);
  const engine = localEngine(config.threads ?? Math.max(1, availableParallelism()));
  // The bus works on in the turn of whoever published; its lines belong to nobody’s trace.
  const busLog: Log = (...entry) => inTrace(undefined, () => log(...entry));
  const stores = drivenStores(config, db, { push: place.push, clock, log: busLog });
  const measured = prometheusMetrics();
  const telemetry = telemetryOf(config, log, measured);
  return {
    telemetry,
    metricsText: () => measured.text(),
    db,
    secret,
    clock,
    log,
    settings,
    engine,
    identity,
    docs: stores.docs,
    bucket,
    urlKey,
    objects: cloudObjects(config) ?? diskObjectStore(bucket, { key: urlKey, baseUrl: place.url, clock }),
    bus: stores.bus,
    outbound: guardedOutbound({ hostsOpened: config.webhookHostsAllowed }),
    signer: fileSigner(join(config.home, 'keys', 'receipt-ed25519.pem')),
    secrets: secretsFrom(config),
    workflows: restWorkflowRunner({
      baseUrl: place.url,
      parent: `projects/${config.project}/locations/${config.location}`,
      token: () => identity.mint(settings.functionsUrl),
    }),
    async purgeOutside(tenantId) {
      const rows = purgeTenantRows(db, tenantId, 'ended');
      return { ...rows, messages: rows.messages + ((await deadLettersIn(config)?.dropThoseWith(tenantId)) ?? 0) };
    },
    async close() {
      await engine.close();
      await telemetry.close();
      await stores.close();
      db.close();
    },
  };
}

/** Composes one function on Google Cloud. Clients are loaded and tokens fetched when they are first needed. */
function cloudDeps(config: Config, cloud: CloudConfig, log: Log): Deps {
  const { project, location, webhookHostsAllowed } = config;
  const { publicUrl, functionsUrl, workflow } = cloud;
  return {
    clock: systemClock,
    log,
    telemetry: telemetryOf(config, log),
    settings: { publicUrl, functionsUrl, project, webhookHostsAllowed },
    engine: localEngine(config.threads ?? Math.max(1, availableParallelism())),
    identity: googleIdentity({ callers: cloud.callers, ...(cloud.service ? { service: cloud.service } : {}) }),
    docs: firestoreOf(config, log),
    objects: gcsObjectStore({ bucket: cloud.bucket }),
    bus: pubsubBus({ project }),
    outbound: guardedOutbound({ hostsOpened: webhookHostsAllowed }),
    signer: kmsSigner(cloud.receiptKey),
    secrets: secretsFrom(config),
    workflows: cloudWorkflowsRunner({
      project,
      location,
      token: accessTokens(),
      deployedAs: { 'produce-asset': workflow },
    }),
    purgeOutside: async (tenantId) => ({
      messages: (await deadLettersIn(config)?.dropThoseWith(tenantId)) ?? 0,
      executions: 0,
    }),
  };
}

/**
 * The ports of one function that runs in a process of its own: on Google Cloud; or beside the local server, with which it
 * shares the folder, and which ATLAS_PUBLIC_URL names and drives the bus.
 */
export function deployedDeps(environment: Record<string, string | undefined>): Deps {
  const config = readConfig(environment);
  const log = processLog(config);
  if (config.cloud) {
    const deps = cloudDeps(config, config.cloud, log);
    // Cloud Run gives ten seconds, and a processor again, before it ends an instance.
    process.once('SIGTERM', () => void deps.telemetry.close());
    return deps;
  }
  const url = config.publicUrl ?? `http://${config.host}:${config.port}`;
  return localDeps(config, log, { url: () => url, push: () => Promise.reject(new Error('the server pushes')) });
}
