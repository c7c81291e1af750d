import { readSource } from '../../shared/core/format/read-source.ts';
import { AtlasError } from '../../shared/errors.ts';
import type { GatePicture } from '../../shared/ports/index.ts';
import type { GateReport, Profile } from '../../shared/schema/index.ts';
import { gateWithViews } from './gate-with-views.ts';

/**
 * Judges a GLB that somebody else made by a target’s rules, as it is. It is read as a source is, with every limit of the
 * border, before the gate opens it; no budget but the profile’s limits applies.
 * @throws format_unsupported for other formats, and what reading a source throws
 */
export async function check(input: {
  bytes: Uint8Array;
  filename?: string;
  profile: Profile;
}): Promise<{ report: GateReport; pictures: GatePicture[] }> {
  const { format } = await readSource(input.bytes, { filename: input.filename });
  if (format !== 'glb') {
    throw new AtlasError('format_unsupported', `Only GLB files are delivered; this is ${format}. Convert it first.`);
  }
  return gateWithViews({ files: [{ name: 'model', glb: input.bytes }], profile: input.profile });
}
