import { resolve } from 'node:path';
import { z } from 'zod';

const Environment = z.object({
  ATLAS_MODE: z.enum(['local', 'emulator', 'gcp']).default('local'),
  ATLAS_HOME: z.string().min(1).default('.atlas'),
  ATLAS_PORT: z.coerce.number().int().min(0).max(65_535).default(4600),
  ATLAS_PUBLIC_URL: z.url().optional(),
  ATLAS_HOST: z.string().min(1).default('127.0.0.1'),
  ATLAS_THREADS: z.coerce.number().int().min(1).max(64).optional(),
  ATLAS_LOG: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']).default('INFO'),
  ATLAS_WEBHOOK_HOSTS: z.string().default(''),
  GOOGLE_CLOUD_PROJECT: z.string().min(1).default('atlas-local'),
  GOOGLE_CLOUD_LOCATION: z.string().min(1).default('local'),
  FIRESTORE_EMULATOR_HOST: z.string().min(1).optional(),
  PUBSUB_EMULATOR_HOST: z.string().min(1).optional(),
  STORAGE_EMULATOR_HOST: z.url().optional(),
  ATLAS_DELIVERIES: z.coerce.number().int().min(1).max(10).default(1),
  ATLAS_FUNCTIONS_URL: z.url().optional(),
  ATLAS_BUCKET: z.string().min(1).optional(),
  ATLAS_RECEIPT_KEY: z.string().min(1).optional(),
  ATLAS_WORKFLOW: z.string().min(1).default('produce-asset'),
  ATLAS_TRACE_RATIO: z.coerce.number().min(0).max(1).default(1),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().default(''),
  OTEL_SDK_DISABLED: z.string().default('false'),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  K_REVISION: z.string().min(1).optional(),
  CLOUD_RUN_JOB: z.string().min(1).optional(),
  ATLAS_CALLERS: z.string().default(''),
  K_SERVICE: z.string().min(1).optional(),
  ATLAS_MODELS_DIR: z.string().min(1).optional(),
  ATLAS_VISION_URL: z.union([z.literal('vertex'), z.url()]).optional(),
  ATLAS_VISION_MODEL: z.string().min(1).optional(),
  ATLAS_VISION_SECRET: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .optional(),
  ATLAS_VISION_PRICE: z
    .string()
    .regex(/^\d{1,12},\d{1,12}$/, 'two whole numbers: micro-USD for a million tokens read, and written')
    .optional(),
  ATLAS_VISION_BUDGET: z.coerce.number().int().min(0).max(1e12).default(200_000),
});
type Environment = z.infer<typeof Environment>;

/** Google’s OTLP receiver; https://docs.cloud.google.com/stackdriver/docs/reference/telemetry/overview */
export const googleOtlp = 'https://telemetry.googleapis.com';

/** What a mode needs beyond the defaults. */
const needed: Record<Environment['ATLAS_MODE'], readonly (keyof Environment)[]> = {
  local: [],
  emulator: ['FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST', 'STORAGE_EMULATOR_HOST'],
  gcp: ['ATLAS_PUBLIC_URL', 'ATLAS_FUNCTIONS_URL', 'ATLAS_BUCKET', 'ATLAS_RECEIPT_KEY'],
};

/** `host:port` of Google’s emulators, and what stands in for Cloud Storage. */
export interface EmulatorConfig {
  readonly firestoreHost: string;
  readonly pubsubHost: string;
  /** With its scheme, as Google’s clients want it. */
  readonly storageUrl: string;
  /** Made when it is not there. */
  readonly bucket: string;
  /** How often every message is delivered; more than once proves that nothing is done or charged twice. */
  readonly deliveries: number;
}

/** Names of what Terraform made. */
export interface CloudConfig {
  readonly publicUrl: string;
  readonly functionsUrl: string;
  readonly bucket: string;
  /** Cloud KMS key version that signs receipts. */
  readonly receiptKey: string;
  /** Name under which produce-asset.yaml is deployed. */
  readonly workflow: string;
  /** E-mail addresses of the service accounts that may call this function, separated by commas in ATLAS_CALLERS. */
  readonly callers: readonly string[];
  /** Name of the Cloud Run service that this process is, which Cloud Run says. */
  readonly service: string | undefined;
}

/** Where traces go. */
export interface TraceConfig {
  /** Base URL of an OTLP receiver over HTTP, without a slash at the end. */
  readonly endpoint: string | undefined;
  /** Share of the traces that begin here and are kept. */
  readonly ratio: number;
  /** Names what runs: the function, the job, or `atlas`. */
  readonly service: string;
  readonly revision: string | undefined;
}

/** The vision model that judges duels. */
export interface VisionConfig {
  /** Base URL of an endpoint that speaks OpenAI’s chat completions, or `vertex`. */
  readonly url: string;
  readonly model: string;
  /** Name of the secret that holds the key; none is sent without. */
  readonly secret: string | undefined;
  /** For a million tokens. Without it costs are unknown, and only calls are limited. */
  readonly price: { readonly inputMicroUsd: number; readonly outputMicroUsd: number } | undefined;
  /** What one duel may cost, where prices are known. */
  readonly budgetMicroUsd: number;
}

export interface Config {
  readonly mode: Environment['ATLAS_MODE'];
  /** In mode `emulator`. */
  readonly emulator: EmulatorConfig | undefined;
  /** In mode `gcp`. */
  readonly cloud: CloudConfig | undefined;
  /** Folder that holds all state of the local mode. */
  readonly home: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly host: string;
  /** Where a function in a process of its own finds the server. */
  readonly publicUrl: string | undefined;
  /** Worker threads for 3D work; as many as there are cores when absent. */
  readonly threads: number | undefined;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  /** Hosts that webhooks may reach although they are private, separated by commas. */
  readonly webhookHostsAllowed: readonly string[];
  readonly traces: TraceConfig;
  /** Directory of models for the scoring job, which holds a `models.json`. */
  readonly modelsFolder: string | undefined;
  /** Undefined: duels are decided by scores that need no model. */
  readonly vision: VisionConfig | undefined;
  readonly project: string;
  readonly location: string;
}

function emulatorConfig(env: Environment): EmulatorConfig | undefined {
  const { FIRESTORE_EMULATOR_HOST: firestoreHost, PUBSUB_EMULATOR_HOST: pubsubHost } = env;
  const { STORAGE_EMULATOR_HOST: storageUrl, ATLAS_BUCKET: bucket = `${env.GOOGLE_CLOUD_PROJECT}-objects` } = env;
  if (env.ATLAS_MODE !== 'emulator' || !firestoreHost || !pubsubHost || !storageUrl) return undefined;
  return { firestoreHost, pubsubHost, storageUrl, bucket, deliveries: env.ATLAS_DELIVERIES };
}

const listOf = (text: string): string[] => text.split(',').filter((item) => item !== '');

function cloudConfig(env: Environment): CloudConfig | undefined {
  const { ATLAS_PUBLIC_URL: publicUrl, ATLAS_FUNCTIONS_URL: functionsUrl } = env;
  const { ATLAS_BUCKET: bucket, ATLAS_RECEIPT_KEY: receiptKey } = env;
  if (env.ATLAS_MODE !== 'gcp' || !publicUrl || !functionsUrl || !bucket || !receiptKey) return undefined;
  const callers = listOf(env.ATLAS_CALLERS);
  return { publicUrl, functionsUrl, bucket, receiptKey, workflow: env.ATLAS_WORKFLOW, callers, service: env.K_SERVICE };
}

function traceConfig(env: Environment): TraceConfig {
  const isOff = env.OTEL_SDK_DISABLED.toLowerCase() === 'true';
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '') || (env.ATLAS_MODE === 'gcp' ? googleOtlp : '');
  return {
    endpoint: isOff || endpoint === '' ? undefined : endpoint,
    ratio: env.ATLAS_TRACE_RATIO,
    service: env.OTEL_SERVICE_NAME ?? env.K_SERVICE ?? env.CLOUD_RUN_JOB ?? 'atlas',
    revision: env.K_REVISION,
  };
}

function visionConfig(env: Environment): VisionConfig | undefined {
  const { ATLAS_VISION_URL: url, ATLAS_VISION_MODEL: model, ATLAS_VISION_SECRET: secret } = env;
  if (!url || !model) return undefined;
  const [inputMicroUsd, outputMicroUsd] = env.ATLAS_VISION_PRICE?.split(',').map(Number) ?? [];
  const price =
    inputMicroUsd === undefined || outputMicroUsd === undefined ? undefined : { inputMicroUsd, outputMicroUsd };
  return { url, model, secret, price, budgetMicroUsd: env.ATLAS_VISION_BUDGET };
}

/** Reads the settings from environment variables. @throws ZodError that names the variable */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const env = Environment.superRefine((given, context) => {
    for (const name of needed[given.ATLAS_MODE]) {
      if (given[name] !== undefined) continue;
      context.addIssue({ code: 'custom', path: [name], message: `is needed in mode ${given.ATLAS_MODE}` });
    }
    if (given.ATLAS_VISION_URL !== undefined && given.ATLAS_VISION_MODEL === undefined) {
      context.addIssue({ code: 'custom', path: ['ATLAS_VISION_MODEL'], message: 'is needed with ATLAS_VISION_URL' });
    }
  }).parse(environment);
  return {
    mode: env.ATLAS_MODE,
    emulator: emulatorConfig(env),
    cloud: cloudConfig(env),
    home: resolve(env.ATLAS_HOME),
    port: env.ATLAS_PORT,
    host: env.ATLAS_HOST,
    publicUrl: env.ATLAS_PUBLIC_URL,
    threads: env.ATLAS_THREADS,
    logLevel: env.ATLAS_LOG,
    webhookHostsAllowed: listOf(env.ATLAS_WEBHOOK_HOSTS),
    traces: traceConfig(env),
    modelsFolder: env.ATLAS_MODELS_DIR,
    vision: visionConfig(env),
    project: env.GOOGLE_CLOUD_PROJECT,
    location: env.GOOGLE_CLOUD_LOCATION,
  };
}
