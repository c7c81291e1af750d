import { readConfig } from '../../shared/config.ts';
import { describeError } from '../../shared/log.ts';
import { readStage } from '../../shared/records/stages.ts';
import { DispatchResult, Sha256, TenantId } from '../../shared/schema/index.ts';
import { localEngine, localModelRunner, manifestFolder, processLog, storesFrom, telemetryOf } from '../deps.ts';
import { loadModels } from './load-models.ts';
import { localCandidate, readLocalFile } from './local-candidates.ts';
import { type JobArguments, readArguments, readTaskPlace, shareOf } from './read-arguments.ts';
import { type GivenPrompt, type ScoreTask, scoreTask, type TaskCandidate, type TaskOutcome } from './score-task.ts';

const config = readConfig(process.env);
const log = processLog(config);
const telemetry = telemetryOf(config, log);

/** What the candidates of either kind have in common once they are found. */
type Place = Pick<ScoreTask, 'candidates' | 'prompt' | 'manifests'> & { close(): Promise<void> };

async function storedPlace({ prompt, tenantId, candidates }: JobArguments & { kind: 'stored' }): Promise<Place> {
  const { docs, objects, close } = storesFrom(config, log);
  const master = async (dispatchKey: string): Promise<Uint8Array> => {
    const record = await readStage(docs, TenantId.parse(tenantId), Sha256.parse(dispatchKey));
    return new Uint8Array(await objects.get(DispatchResult.parse(record.result).master.key));
  };
  const given: GivenPrompt | undefined =
    prompt?.kind === 'image' ? { kind: 'image', image: new Uint8Array(await objects.get(prompt.at)) } : prompt;
  return {
    ...{ prompt: given, manifests: objects, close },
    candidates: candidates.map(({ dispatchKey, manifestKey }): TaskCandidate => {
      return { candidate: dispatchKey, manifestKey, isMaster: true, read: () => master(dispatchKey) };
    }),
  };
}

async function filesPlace(
  { prompt, paths, out }: JobArguments & { kind: 'files' },
  modelsSha256: string | undefined,
): Promise<Place> {
  const given: GivenPrompt | undefined =
    prompt?.kind === 'image' ? { kind: 'image', image: await readLocalFile(prompt.at) } : prompt;
  const candidates: TaskCandidate[] = [];
  for (const path of paths) candidates.push(await localCandidate(path, given, modelsSha256));
  return { candidates, prompt: given, manifests: await manifestFolder(out), close: async () => undefined };
}

/**
 * The scoring job: a container, locally a child process, that scores its share of the candidates and writes one manifest for
 * each, create-if-absent, so that it can be killed and run again at any time.
 */
async function score(args: JobArguments, env: NodeJS.ProcessEnv, outcome: TaskOutcome): Promise<void> {
  const place = readTaskPlace(env);
  const models = await loadModels(args.models ?? config.modelsFolder);
  if (models.fault && models.fault.code !== 'no_models') log('WARNING', 'no models', { ...models.fault });
  const found = args.kind === 'stored' ? await storedPlace(args) : await filesPlace(args, models.sha256);
  const engine = localEngine(1);
  const runner = localModelRunner();
  try {
    const candidates = shareOf(found.candidates, place);
    await scoreTask({ ...found, candidates, models, engine, runner, log }, outcome);
    log('INFO', 'task ended', { ...place, ...outcome });
  } finally {
    await runner.close();
    await engine.close();
    await found.close();
  }
  if (outcome.failed > 0) throw new Error(`${outcome.failed} of the candidates could not be scored`);
}

/** Scores in a span that continues the job’s trace, which the workflow hands on as TRACEPARENT. */
async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const startedMs = performance.now();
  const done: TaskOutcome = { written: 0, cached: 0, failed: 0 };
  // Cloud Run gives ten seconds. There is nothing to save: what is written is whole, the rest is for the next try.
  process.once('SIGTERM', () => {
    log('WARNING', 'ended by SIGTERM; what is left will be scored by the next try', { ...done });
    process.exit(143);
  });
  const attributes = {
    'faas.trigger': 'other',
    'atlas.stage': 'score',
    'atlas.tenant.id': argv[0]?.startsWith('-') ? undefined : argv[0],
    'atlas.attempt': Number(env.CLOUD_RUN_TASK_ATTEMPT ?? 0) + 1,
    'gcp.cloud_run.job.execution': env.CLOUD_RUN_EXECUTION,
    'gcp.cloud_run.job.task_index': Number(env.CLOUD_RUN_TASK_INDEX ?? 0),
  };
  let outcome = 'failed';
  try {
    await telemetry.span('run atlas-score', { kind: 'consumer', parent: env.TRACEPARENT, attributes }, async (span) => {
      try {
        await score(readArguments(argv), env, done);
        const cached = done.written === 0;
        outcome = cached ? 'cached' : 'done';
        span.set({ 'atlas.cached': cached, 'atlas.outcome': outcome });
      } catch (error) {
        if (done.failed === 0) log('ERROR', 'scoring failed', { error: describeError(error) });
        process.exitCode = 1;
        throw error;
      }
    });
  } finally {
    const seconds = (performance.now() - startedMs) / 1000;
    telemetry.measure('atlas_stage_seconds', seconds, { stage: 'score', target: 'none', outcome });
    await telemetry.close();
  }
}

// What failed has been logged and is in the exit code.
await main(process.argv.slice(2), process.env).catch(() => undefined);
// An exporter that still tries to reach its receiver would hold the workflow up.
process.exit();
