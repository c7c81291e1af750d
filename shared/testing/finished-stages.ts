import { sha256Hex } from '../ids.ts';
import { describe } from '../records/content.ts';
import { type StageRecord, stageKeyOf } from '../records/stages.ts';
import type { AssetStats, JobDocument, StageName, StoredObject, Verdict } from '../schema/index.ts';

const stats: AssetStats = {
  ...{
    sizeBytes: 9,
    triangles: 12,
    trianglesPerMesh: 12,
    vertices: 24,
    meshes: 1,
    nodes: 1,
    drawCalls: 1,
    materials: 1,
  },
  ...{ textures: 0, textureSizePx: 0, textureMemoryBytes: 0, uvSets: 0, jointsPerSkin: 0, animations: 0, openEdges: 0 },
  ...{ nonManifoldEdges: 0, components: 1, boundsMin: [0, 0, 0], boundsMax: [1, 1, 1] },
  ...{ attributes: ['POSITION'], extensions: [], imageTypes: [] },
};

const stored = (text: string): StoredObject => ({
  key: `made/${text}`,
  sha256: sha256Hex(text),
  sizeBytes: text.length,
});

interface Made {
  readonly stage: StageName;
  readonly inputs: readonly StoredObject[];
  readonly outputs: readonly StoredObject[];
  readonly result: unknown;
  readonly target?: string;
}

/** The records of a job whose every target came to its gate, and what its workflow tells the settle stage. */
export function finishedStages(
  job: JobDocument,
  verdicts: Record<string, Verdict>,
): { records: StageRecord[]; input: Record<string, unknown> } {
  const records: StageRecord[] = [];
  const write = ({ stage, inputs, outputs, result, target }: Made): string => {
    const named = (list: readonly StoredObject[]) => list.map((object) => describe(object.key, object));
    const identity = { stage, engineVersion: '1', parameters: target ? { target } : {}, inputs: named(inputs) };
    const stageKey = stageKeyOf(job.tenantId, identity);
    records.push({
      ...{ ...identity, stageKey, jobId: job.id, status: 'done', holder: 'h', leaseUntilMs: 0, attempts: 1 },
      ...{ outputs: named(outputs), changes: [], result },
    });
    return stageKey;
  };
  const [source, master] = [stored('source'), stored('master')];
  const dispatched = { source, format: 'glb', master, stats, changes: [] };
  const dispatchKey = write({ stage: 'dispatch', inputs: [source], outputs: [master], result: dispatched });
  const targets: Record<string, unknown> = {};
  for (const [target, verdict] of Object.entries(verdicts)) {
    const [refined, report] = [stored(`refined-${target}`), stored(`report-${target}`)];
    const page = stored(`page-${target}`);
    const files = ['model', 'lod1'].map((name) => ({
      ...{ ...stored(`${name}-${target}`), name, requestedTriangles: 12, triangles: 12 },
      ...{ errorM: 0, errorShare: 0, deviationMaxShare: 0, deviationRmsShare: 0 },
    }));
    const reasons = verdict === 'rejected' ? ['too many triangles'] : [];
    targets[target] = {
      refineKey: write({
        stage: 'refine',
        target,
        inputs: [master],
        outputs: [refined],
        result: { refined, changes: [] },
      }),
      convertKey: write({
        stage: 'convert',
        target,
        inputs: [refined],
        outputs: files,
        result: { files, changes: [] },
      }),
      gateKey: write({
        stage: 'gate',
        target,
        inputs: files,
        outputs: [report, page],
        result: { verdict, reasons, report, page },
      }),
    };
  }
  return { records, input: { dispatchKey, scoreManifest: null, targets } };
}
