import { cloudEvent } from '@google-cloud/functions-framework';
import type { Deps } from '../../functions/context.ts';
import { type Stage, stageFunction } from '../../functions/event-function.ts';
import { registerFunctions } from '../../functions/index.ts';
import { sha256Hex } from '../ids.ts';
import type { AssetStats, JobDocument, StageName } from '../schema/index.ts';

const nothing = { key: 'nothing', sha256: sha256Hex('nothing'), sizeBytes: 7 };
const stats: AssetStats = {
  ...{ sizeBytes: 7, triangles: 1, trianglesPerMesh: 1, vertices: 3, meshes: 1, nodes: 1, drawCalls: 1, materials: 0 },
  ...{ textures: 0, textureSizePx: 0, textureMemoryBytes: 0, uvSets: 0, jointsPerSkin: 0, animations: 0 },
  ...{ openEdges: 3, nonManifoldEdges: 0, components: 1, boundsMin: [0, 0, 0], boundsMax: [1, 1, 1] },
  ...{ attributes: ['POSITION'], extensions: [], imageTypes: [] },
};
const results = {
  dispatch: { source: nothing, format: 'glb', master: nothing, stats, changes: [] },
  refine: { refined: nothing, changes: [] },
  convert: { files: [], changes: [] },
  gate: { verdict: 'accepted', reasons: [], report: nothing },
} as const;

export type EmptyStageName = keyof typeof results;
export const emptyStageNames = ['dispatch', 'refine', 'convert', 'gate'] as const satisfies readonly EmptyStageName[];

/**
 * A stage with all of its bookkeeping and none of its work; every job is a new key.
 *
 * @param during - runs where the work would be.
 */
export const emptyStage = (
  name: EmptyStageName,
  during: (name: EmptyStageName, job: JobDocument) => Promise<void> = async () => undefined,
): Stage<unknown> => ({
  name: name satisfies StageName,
  engineVersion: 'empty',
  input: { parse: (input: unknown) => input } as Stage<unknown>['input'],
  prepare: async (_deps, job) => ({
    parameters: { jobId: job.id },
    inputs: [],
    async work() {
      await during(name, job);
      return { result: { ...results[name] }, outputs: [], changes: [] };
    },
  }),
  ...(name === 'gate' ? { verdict: () => 'accepted' as const } : {}),
});

/** Registers every function, with empty stages in place of those that work. */
export function registerEmpty(deps: Deps): void {
  registerFunctions(deps);
  for (const name of emptyStageNames) cloudEvent(name, stageFunction(deps, emptyStage(name)));
}
