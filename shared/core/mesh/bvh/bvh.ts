/**
 * A tree of boxes over the triangles of one list. Nodes lie in depth-first order: the left child of node `n` is `n + 1`.
 * Triangles with a corner that is not finite are not in it. About 72 bytes a triangle and 16 a node.
 */
export interface Bvh {
  /** Lowest and highest corner of each node `[nodes × 6]`; one node of no extent when there are no triangles. */
  readonly bounds: Float32Array;
  /** An inner node’s right child; a leaf’s first slot. */
  readonly links: Uint32Array;
  /** How many triangles a leaf holds; zero for an inner node. */
  readonly counts: Uint8Array;
  /** Slot → triangle of the list. */
  readonly triangles: Uint32Array;
  /** Lowest and highest corner of the triangle in each slot `[slots × 6]`. */
  readonly boxes: Float32Array;
  /** Corners of the triangle in each slot `[slots × 9]`. */
  readonly corners: Float32Array;
}

/** Deepest node: past 64 levels ranges are halved by count, which ends after 32 more. A walk needs no deeper stack. */
export const maxDepth = 100;
