import { readGlb } from '../../shared/core/format/gltf-io.ts';
import { analyseDocument } from '../../shared/core/mesh/analyse/analyse-document.ts';
import { reportAnalysis } from '../../shared/core/mesh/analyse/report-analysis.ts';
import { type Validation, validateGlb } from '../../shared/core/quality/validate-glb.ts';
import { type AssetStats, type Change, DispatchRecipe, type MeshReport } from '../../shared/schema/index.ts';
import { normalise } from './normalise.ts';

export interface Inspection {
  readonly format: string;
  readonly stats: AssetStats;
  /** What Atlas would set right. */
  readonly changes: Change[];
  /** The geometry of each mesh, and how the whole is placed. */
  readonly analysis: MeshReport;
  /** gltf-validator on the file itself, or on the GLB made of it when it is of another format. */
  readonly validator: { version: string; errors: number; warnings: number; codes: string[] };
}

const glbMagic = [0x67, 0x6c, 0x54, 0x46];
const isGlb = (bytes: Uint8Array): boolean => glbMagic.every((byte, i) => bytes[i] === byte);

function summarise({ version, messages }: Validation): Inspection['validator'] {
  const serious = messages.filter(({ severity }) => severity === 'error' || severity === 'warning');
  return {
    version,
    errors: serious.filter(({ severity }) => severity === 'error').length,
    warnings: serious.filter(({ severity }) => severity === 'warning').length,
    codes: [...new Set(serious.map(({ code }) => code))].sort(),
  };
}

/** Says what a file is, what it holds and what is wrong with it, and changes nothing. @throws what `normalise` throws */
export async function inspect(input: { bytes: Uint8Array; filename?: string }): Promise<Inspection> {
  const { glb, format, stats, changes } = await normalise({ ...input, recipe: DispatchRecipe.parse({}) });
  const validation = await validateGlb(isGlb(input.bytes) ? input.bytes : glb);
  const analysis = reportAnalysis(analyseDocument(await readGlb(glb)));
  return {
    format,
    stats: { ...stats, sizeBytes: input.bytes.byteLength },
    changes,
    analysis,
    validator: summarise(validation),
  };
}
