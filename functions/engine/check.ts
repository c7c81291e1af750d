import { readSource } from '../../shared/core/format/read-source.ts';
import { AtlasError } from '../../shared/errors.ts';
import type { GateReport, Profile } from '../../shared/schema/index.ts';
import { gate } from './gate.ts';

/**
 * Judges a GLB that somebody else made by a target’s rules, as it is. It is read as a source is, with every limit of the
 * border, before the gate opens it; no budget but the profile’s limits applies.
 * @throws format_unsupported for other formats, and what reading a source throws
 */
export async function check(input: { bytes: Uint8Array; filename?: string; profile: Profile }): Promise<GateReport> {
  const { format } = await readSource(input.bytes, { filename: input.filename });
  if (format !== 'glb') {
    throw new AtlasError('format_unsupported', `Only GLB files are delivered; this is ${format}. Convert it first.`);
  }
  return gate({ files: [{ name: 'model', glb: input.bytes }], profile: input.profile });
}
