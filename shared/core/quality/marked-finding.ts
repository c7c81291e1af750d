import type { Finding } from '../../schema/index.ts';

/** Where on a mesh a finding is, by the numbers of `GateFile.analysis`: for pictures, never part of a report. */
export interface Marks {
  /** Place of the mesh in `analysis.meshes`. */
  readonly mesh: number;
  /** Triangles of the mesh. */
  readonly triangles?: Uint32Array;
  /** Edges of its topology: their ends are `topology.edgePoints`. */
  readonly edges?: Uint32Array;
  /** Points of its topology: `topology.pointPositions`. */
  readonly points?: Uint32Array;
  /** Place of the UV set in `uvSets` of the mesh, when the finding is about its layout. */
  readonly uvSet?: number;
}

/** A finding with the places that pictures mark. */
export interface MarkedFinding extends Finding {
  readonly marks?: Marks;
}

/** The finding as a report states it. */
export function unmarked({ marks: _, ...finding }: MarkedFinding): Finding {
  return finding;
}
