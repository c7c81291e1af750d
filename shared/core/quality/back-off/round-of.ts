import type { GLTF } from '@gltf-transform/core';
import type { GateReport, GateRound, RoundSettings } from '../../../schema/index.ts';

/** Bytes of the images inside a GLB, as they are stored. */
export function imageBytesOf({ images = [], bufferViews = [] }: GLTF.IGLTF): number {
  const views = new Set(images.flatMap(({ bufferView }) => (bufferView === undefined ? [] : [bufferView])));
  return [...views].reduce((sum, view) => sum + (bufferViews[view]?.byteLength ?? 0), 0);
}

/**
 * What later rounds need to know of one: settings, verdict, the codes of its errors, and what the model measured.
 *
 * @param imageBytes - of the model’s file, see `imageBytesOf`.
 */
export function roundOf(round: number, settings: RoundSettings, report: GateReport, imageBytes: number): GateRound {
  const stats = report.files.find(({ name }) => name === 'model')?.stats;
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  return {
    round,
    settings,
    verdict: report.verdict,
    codes: [...new Set(errors.map(({ code }) => code))],
    sizeBytes: stats?.sizeBytes ?? 0,
    triangles: stats?.triangles ?? 0,
    textureSizePx: stats?.textureSizePx ?? 0,
    imageBytes,
    ...(report.fidelity ? { flip: report.fidelity.flip } : {}),
  };
}
