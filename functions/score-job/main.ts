import { readConfig } from '../../shared/config.ts';
import { AtlasError } from '../../shared/errors.ts';
import { describeError, jsonLog } from '../../shared/log.ts';
import { readStage } from '../../shared/records/stages.ts';
import { DispatchResult, Sha256, TenantId } from '../../shared/schema/index.ts';
import { storesFrom } from '../deps.ts';
import { runTask } from '../engine/run-task.ts';
import { scoreCandidate } from './score-candidate.ts';

const log = jsonLog((line) => process.stderr.write(line));

/**
 * The scoring job: a container (here a child process) that scores one candidate and writes a manifest, create-if-absent,
 * so that it can be killed and run again at any time. Arguments: tenant id, dispatch stage key, manifest key.
 */
async function main([tenant, key, manifestKey = '']: readonly string[]): Promise<void> {
  const tenantId = TenantId.parse(tenant);
  const dispatchKey = Sha256.parse(key);
  if (!manifestKey.startsWith(`tenants/${tenantId}/scores/`)) {
    throw new AtlasError('invalid_request', 'The manifest does not belong to the tenant.');
  }
  const stores = storesFrom(readConfig(process.env), log);
  try {
    if (await stores.objects.head(manifestKey)) return;
    const { master } = DispatchResult.parse((await readStage(stores.docs, tenantId, dispatchKey)).result);
    const bytes = new Uint8Array(await stores.objects.get(master.key));
    const { stats } = await runTask('inspect', { bytes, fileName: 'master.glb' });
    const manifest = Buffer.from(JSON.stringify(scoreCandidate(dispatchKey, stats), null, 2));
    await stores.objects.put(manifestKey, manifest, { contentType: 'application/json' });
  } finally {
    await stores.close();
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  log('ERROR', 'scoring failed', { error: describeError(error) });
  process.exitCode = 1;
});
