/** A setting that a round may change. */
export type Lever = 'triangles' | 'textureSizePx' | 'textureQuality' | 'geometryCompression';

/** Which way settings have to go so that a finding disappears, and which settings have a say in it. */
export interface Cure {
  readonly direction: 'lower' | 'raise';
  readonly levers: readonly Lever[];
}

const lower = (...levers: Lever[]): Cure => ({ direction: 'lower', levers });
const raise = (...levers: Lever[]): Cure => ({ direction: 'raise', levers });

const shape = raise('triangles');
const look = raise('textureSizePx', 'triangles', 'textureQuality');

/** By finding code. Only what other settings can change is here: no setting merges materials or removes joints. */
const cures: ReadonlyMap<string, Cure> = new Map([
  ['limit_size_bytes', lower('geometryCompression', 'textureQuality', 'textureSizePx', 'triangles')],
  ['limit_texture_memory_bytes', lower('textureSizePx')],
  ['limit_texture_size_px', lower('textureSizePx')],
  ['limit_triangles', lower('triangles')],
  ['limit_triangles_per_mesh', lower('triangles')],
  ['limit_vertices', lower('triangles')],
  ['fidelity_silhouette', shape],
  ['fidelity_distance', shape],
  ['part_lost', shape],
  ['fidelity_flip', look],
]);

/** The cure of a finding code, or undefined where no setting changes what was found. */
export const cureOf = (code: string): Cure | undefined => cures.get(code);
