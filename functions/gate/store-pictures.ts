import type { GatePicture } from '../../shared/ports/index.ts';
import { putContent } from '../../shared/records/content.ts';
import type { GateResult } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';

/** Stores the pictures of a report by content; a picture of equal bytes is stored once. */
export function storePictures(
  deps: Deps,
  tenantId: string,
  pictures: readonly GatePicture[],
): Promise<NonNullable<GateResult['pictures']>> {
  return Promise.all(
    pictures.map(async ({ meta, bytes }) => ({
      name: meta.name,
      ...(await putContent(deps.objects, tenantId, { bytes, sha256: meta.sha256 }, 'webp')),
    })),
  );
}
