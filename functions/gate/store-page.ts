import { reportHtml } from '../../shared/core/quality/report/report-html.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { putContent } from '../../shared/records/content.ts';
import type { GateReport, Profile, StoredObject } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';

/** Stores the report as a page for people. `pictures` are the bytes of the report’s pictures by name. */
export function storePage(
  deps: Deps,
  tenantId: string,
  page: { report: GateReport; profile: Profile; pictures?: ReadonlyMap<string, Uint8Array> },
): Promise<StoredObject> {
  const bytes = Buffer.from(reportHtml(page));
  return putContent(deps.objects, tenantId, { bytes, sha256: sha256Hex(bytes) }, 'html');
}
