import type { Node } from '@gltf-transform/core';
import { readFloats } from './read-floats.ts';

type Matrix = ArrayLike<number>;

/** Longest column of the linear part of a column-major matrix. */
const longestColumn = (m: Matrix): number =>
  Math.max(...[0, 4, 8].map((at) => Math.hypot(m[at] as number, m[at + 1] as number, m[at + 2] as number)));

/**
 * How many metres one unit of a node's mesh spans at most. A skinned mesh is scaled by its joints, not by its node:
 * the first joint's world scale times that of its inverse bind matrix.
 */
export function worldScale(node: Node): number {
  const skin = node.getSkin();
  const joint = skin?.listJoints()[0];
  if (!skin || !joint) return longestColumn(node.getWorldMatrix());
  const bind = skin.getInverseBindMatrices();
  const matrices = bind ? readFloats(bind) : undefined;
  return longestColumn(joint.getWorldMatrix()) * (matrices && matrices.length >= 16 ? longestColumn(matrices) : 1);
}
