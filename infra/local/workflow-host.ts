import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { z } from 'zod';
import { bearer } from '../../functions/bearer.ts';
import type { LocalDeps } from '../../functions/deps.ts';
import { childJobRunner } from '../../shared/adapters/local/child-job-runner.ts';
import type { Config } from '../../shared/config.ts';
import { limits } from '../../shared/schema/index.ts';
import type { Publish, RunJob } from '../../workflows/local/calls/connectors.ts';
import type { Clock } from '../../workflows/local/clock.ts';
import { workflowExecutor } from '../../workflows/local/executor.ts';
import { sqliteExecutionStore } from '../../workflows/local/store/sqlite-execution-store.ts';

export interface WorkflowHost {
  handle(req: IncomingMessage, res: ServerResponse): void;
  resume(): void;
  close(): void;
}

/** The part of Google’s run-job request that Atlas uses. */
const JobOverrides = z.looseObject({
  containerOverrides: z
    .array(
      z.looseObject({
        args: z.array(z.string()).default([]),
        env: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
      }),
    )
    .max(1)
    .default([]),
});

const scoreJob = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/score-job.mjs' : './score-job.mjs',
  import.meta.url,
);

/** Publishes to the local bus; the topic’s last segment names it. */
const publishTo =
  (deps: LocalDeps): Publish =>
  (topic, messages) =>
    Promise.all(
      messages.map(({ data, attributes }) =>
        deps.bus.publish(topic.slice(topic.lastIndexOf('/') + 1), {
          data: Buffer.from(data).toString('utf8'),
          attributes,
        }),
      ),
    );

/** Where packages lie that are not part of the installation, such as the runtime of models. */
const optionalModules = ({ ATLAS_OPTIONAL_MODULES: folder }: NodeJS.ProcessEnv): Record<string, string> =>
  folder === undefined ? {} : { ATLAS_OPTIONAL_MODULES: folder };

/** How the job finds the stores that this process uses. */
const jobEnvironment = ({ home, mode, project, emulator, traces, modelsFolder }: Config): Record<string, string> => ({
  ATLAS_HOME: home,
  ATLAS_MODE: mode,
  GOOGLE_CLOUD_PROJECT: project,
  ...(modelsFolder === undefined ? {} : { ATLAS_MODELS_DIR: resolve(modelsFolder) }),
  ...optionalModules(process.env),
  ...(traces.endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint }),
  ...(emulator
    ? {
        FIRESTORE_EMULATOR_HOST: emulator.firestoreHost,
        PUBSUB_EMULATOR_HOST: emulator.pubsubHost,
        STORAGE_EMULATOR_HOST: emulator.storageUrl,
        ATLAS_BUCKET: emulator.bucket,
        METADATA_SERVER_DETECTION: 'none',
      }
    : {}),
});

/** Runs a Cloud Run job as a child process and answers as its finished execution. */
function runJobWith(config: Config): RunJob {
  const runner = childJobRunner({ 'atlas-score': scoreJob.pathname }, () => jobEnvironment(config));
  return async (name, overrides, { signal }) => {
    const [container] = JobOverrides.parse(overrides ?? {}).containerOverrides;
    const env = Object.fromEntries((container?.env ?? []).map(({ name: key, value }) => [key, value]));
    await runner.run(name.slice(name.lastIndexOf('/') + 1), {
      args: container?.args ?? [],
      env,
      timeoutMs: limits.workTimeoutMs,
      signal,
    });
    return { name: `${name}/executions/local`, succeededCount: 1 };
  };
}

/** The workflow engine of the local mode: the executor over this installation’s database, bus and jobs. */
export function workflowHost(
  deps: LocalDeps,
  config: Config,
  source: string,
  options: { url: () => string; clock?: Clock },
): WorkflowHost {
  const executor = workflowExecutor({
    store: sqliteExecutionStore(deps.db),
    project: config.project,
    location: config.location,
    // The URL may be chosen late; the executor reads the variable when a step asks for it.
    environment: {
      get ATLAS_FUNCTIONS_URL() {
        return deps.settings.functionsUrl;
      },
    },
    baseUrl: options.url,
    ...(options.clock ? { clock: options.clock } : {}),
    mintToken: (audience) => deps.identity.mint(audience),
    publish: publishTo(deps),
    runJob: runJobWith(config),
    log: ({ execution, severity, data }) =>
      deps.log(severity === 'ERROR' || severity === 'CRITICAL' ? 'ERROR' : 'INFO', 'workflow', { execution, data }),
    authorize: async (req) => (await deps.identity.verify(bearer(req), deps.settings.functionsUrl)) !== undefined,
    onRefused: (refusal) => deps.log('WARNING', 'workflow call refused', { ...refusal }),
  });
  executor.deploy({ workflowId: 'produce-asset', source });
  return {
    handle(req, res) {
      if (!executor.handle(req, res)) res.writeHead(404).end();
    },
    resume: () => void executor.resumeAll(),
    close: () => executor.close(),
  };
}
