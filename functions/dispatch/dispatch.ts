import { AtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { readAsset, setAssetSha256 } from '../../shared/records/assets.ts';
import { describe, plain, putContent } from '../../shared/records/content.ts';
import { DispatchInput, DispatchRecipe, type DispatchResult, limits } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import type { Stage } from '../event-function.ts';

/** The bytes that a job starts from, within the limit on uploads. */
async function readSource(deps: Deps, objectKey: string): Promise<Uint8Array> {
  const info = await deps.objects.head(objectKey);
  if (!info)
    throw new AtlasError('upload_incomplete', 'The source file has not arrived.', { pointer: '/source/assetId' });
  if (info.sizeBytes > limits.uploadBytes) {
    throw new AtlasError('file_too_large', `The file has ${info.sizeBytes} bytes; ${limits.uploadBytes} are allowed.`);
  }
  return deps.objects.get(objectKey);
}

/** Fetches the source, tells its format by its bytes, sets the generators’ habits right and writes the GLB master. */
export const dispatch: Stage<object> = {
  name: 'dispatch',
  engineVersion: '1',
  input: DispatchInput,
  async prepare(deps, job) {
    const asset = await readAsset(deps.docs, job.tenantId, job.request.source.assetId);
    const bytes = await readSource(deps, asset.objectKey);
    const sha256 = sha256Hex(bytes);
    if (asset.sha256 !== undefined && asset.sha256 !== sha256) {
      throw new AtlasError('upload_mismatch', `The file’s SHA-256 is ${sha256}, not the declared ${asset.sha256}.`);
    }
    const recipe = DispatchRecipe.parse(job.request.recipe?.dispatch ?? {});
    const source = { key: asset.objectKey, sha256, sizeBytes: bytes.byteLength };
    return {
      // The name only helps to say what is refused; what is made does not depend on it.
      parameters: plain(recipe),
      inputs: [describe('source', source)],
      async work(signal) {
        if (asset.sha256 === undefined) await setAssetSha256(deps.docs, job.tenantId, asset.id, sha256);
        const made = await deps.engine.run('normalise', { bytes, fileName: asset.fileName, recipe }, { signal });
        const master = await putContent(deps.objects, job.tenantId, made.file, 'glb');
        const result: DispatchResult = {
          source,
          format: made.format,
          master,
          stats: made.stats,
          changes: made.changes,
        };
        return { result, outputs: [describe('master.glb', master)], changes: made.changes };
      },
    };
  },
};
