import { readConfig } from '../../shared/config.ts';
import { AtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import { readStage } from '../../shared/records/stages.ts';
import { DispatchResult, Sha256, TenantId } from '../../shared/schema/index.ts';
import { processLog, storesFrom, telemetryOf } from '../deps.ts';
import { runTask } from '../engine/run-task.ts';
import { turnTableSsim } from '../engine/turn-table.ts';
import { scoreCandidate } from './score-candidate.ts';

const config = readConfig(process.env);
const log = processLog(config);
const telemetry = telemetryOf(config, log);

/**
 * The scoring job: a container (here a child process) that scores one candidate and writes a manifest, create-if-absent,
 * so that it can be killed and run again at any time. Arguments: tenant id, dispatch stage key, manifest key.
 *
 * @returns whether the manifest was there already
 */
async function score([tenant, key, manifestKey = '']: readonly string[]): Promise<{ cached: boolean }> {
  const tenantId = TenantId.parse(tenant);
  const dispatchKey = Sha256.parse(key);
  if (!manifestKey.startsWith(`tenants/${tenantId}/scores/`)) {
    throw new AtlasError('invalid_request', 'The manifest does not belong to the tenant.');
  }
  const stores = storesFrom(config, log);
  try {
    if (await stores.objects.head(manifestKey)) return { cached: true };
    const { master } = DispatchResult.parse((await readStage(stores.docs, tenantId, dispatchKey)).result);
    const bytes = new Uint8Array(await stores.objects.get(master.key));
    const ssim = await turnTableSsim(bytes);
    const { stats } = await runTask('inspect', { bytes, fileName: 'master.glb' });
    const manifest = Buffer.from(JSON.stringify(scoreCandidate(dispatchKey, stats, { ssim }), null, 2));
    await stores.objects.put(manifestKey, manifest, { contentType: 'application/json' });
    return { cached: false };
  } finally {
    await stores.close();
  }
}

/** Scores in a span that continues the job’s trace, which the workflow hands on as TRACEPARENT. */
async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const startedMs = performance.now();
  const attributes = {
    'faas.trigger': 'other',
    'atlas.stage': 'score',
    'atlas.tenant.id': args[0],
    'atlas.attempt': Number(env.CLOUD_RUN_TASK_ATTEMPT ?? 0) + 1,
    'gcp.cloud_run.job.execution': env.CLOUD_RUN_EXECUTION,
    'gcp.cloud_run.job.task_index': Number(env.CLOUD_RUN_TASK_INDEX ?? 0),
  };
  let outcome = 'failed';
  try {
    await telemetry.span('run atlas-score', { kind: 'consumer', parent: env.TRACEPARENT, attributes }, async (span) => {
      try {
        const { cached } = await score(args);
        outcome = cached ? 'cached' : 'done';
        span.set({ 'atlas.cached': cached, 'atlas.outcome': outcome });
      } catch (error) {
        log('ERROR', 'scoring failed', { error: describeError(error) });
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
