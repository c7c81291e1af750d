import type { mat4, Node, Primitive } from '@gltf-transform/core';
import { readFloats } from './read-floats.ts';

const identity: mat4 = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const isIdentity = (m: ArrayLike<number>): boolean => identity.every((value, i) => m[i] === value);

/** Product of two column-major matrices. */
function multiply(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const out = new Array<number>(16).fill(0);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += (a[k * 4 + row] as number) * (b[column * 4 + k] as number);
      out[column * 4 + row] = sum;
    }
  }
  return out;
}

function transformed(positions: Float32Array, m: ArrayLike<number>): Float32Array {
  const [m0, m1, m2, , m4, m5, m6, , m8, m9, m10, , m12, m13, m14] = Array.from(m) as number[] as [...mat4];
  const out = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i] as number;
    const y = positions[i + 1] as number;
    const z = positions[i + 2] as number;
    out[i] = m0 * x + m4 * y + m8 * z + m12;
    out[i + 1] = m1 * x + m5 * y + m9 * z + m13;
    out[i + 2] = m2 * x + m6 * y + m10 * z + m14;
  }
  return out;
}

/** Joint matrices of a skin at rest: the joint's world matrix times its inverse bind matrix. */
function jointMatrices(node: Node): number[][] {
  const skin = node.getSkin();
  const inverseBind = skin?.getInverseBindMatrices();
  const bind = inverseBind ? readFloats(inverseBind) : undefined;
  return (skin?.listJoints() ?? []).map((joint, i) => {
    const world = joint.getWorldMatrix();
    return bind && bind.length >= (i + 1) * 16 ? multiply(world, bind.subarray(i * 16, i * 16 + 16)) : [...world];
  });
}

function skinned(positions: Float32Array, primitive: Primitive, node: Node): Float32Array {
  const matrices = jointMatrices(node);
  const joints = primitive.getAttribute('JOINTS_0')?.getArray();
  const weightAccessor = primitive.getAttribute('WEIGHTS_0');
  if (!joints || !weightAccessor || matrices.length === 0) return positions;
  const weights = readFloats(weightAccessor);
  const out = new Float32Array(positions.length);
  for (let v = 0; v * 3 < positions.length; v++) {
    const x = positions[v * 3] as number;
    const y = positions[v * 3 + 1] as number;
    const z = positions[v * 3 + 2] as number;
    for (let k = v * 4; k < v * 4 + 4; k++) {
      const weight = weights[k] as number;
      const m = matrices[joints[k] as number];
      if (!(weight > 0) || m === undefined) continue;
      for (let row = 0; row < 3; row++) {
        const value =
          (m[row] as number) * x + (m[row + 4] as number) * y + (m[row + 8] as number) * z + (m[row + 12] as number);
        out[v * 3 + row]! += weight * value;
      }
    }
  }
  return out;
}

/**
 * Vertex positions `[vertices × 3]` of a primitive where its node shows them, in metres, +Y up. A skinned mesh follows
 * its joints at rest and ignores the transform of its own node (glTF 2.0 section 3.7.3.3); the four influences of
 * set 0 are used, morph targets are not. Read-only: an identity transform returns the stored array itself.
 */
export function worldPositions(node: Node, primitive: Primitive): Float32Array {
  const accessor = primitive.getAttribute('POSITION');
  if (!accessor) return new Float32Array(0);
  const positions = readFloats(accessor);
  if (node.getSkin() && primitive.getAttribute('JOINTS_0')) return skinned(positions, primitive, node);
  const matrix = node.getWorldMatrix();
  return isIdentity(matrix) ? positions : transformed(positions, matrix);
}
