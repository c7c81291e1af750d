import type { GatePicture } from '../../shared/ports/index.ts';
import type { GateReport } from '../../shared/schema/index.ts';
import { type GateInput, openAndJudge, reportOf } from './gate.ts';
import { lookAtModel } from './look-at-model.ts';

/** The dispatched master that the files were made from. */
export interface GateSource {
  readonly glb: Uint8Array;
  readonly sha256: string;
}

/**
 * Judges the files of one target by what is measured on them and by what views show of the full-detail model, alone and
 * against its source. The pictures are those that the report lists.
 */
export async function gateWithViews(
  input: GateInput & { readonly source?: GateSource | undefined; readonly viewSizePx?: number | undefined },
): Promise<{ report: GateReport; pictures: GatePicture[] }> {
  const { findings, files, reports } = await openAndJudge(input);
  const model = files.find(({ name }) => name === 'model');
  const look = model && (await lookAtModel(model, input.source, input.profile, findings, input.viewSizePx));
  const report = reportOf(input.profile, [...findings, ...(look?.findings ?? [])], reports);
  const pictures = look?.pictures ?? [];
  return {
    report: {
      ...report,
      ...(look?.fidelity ? { fidelity: look.fidelity } : {}),
      ...(pictures.length > 0 ? { pictures: pictures.map(({ meta }) => meta) } : {}),
    },
    pictures,
  };
}
