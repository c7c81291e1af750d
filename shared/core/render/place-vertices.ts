import type { Node, Primitive } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import { readFloats } from '../mesh/read-floats.ts';

/** Column-major 4 × 4. */
export type Matrix = ArrayLike<number>;

export function multiply(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[k * 4 + row]! * b[column * 4 + k]!;
      out[column * 4 + row] = sum;
    }
  }
  return out;
}

function composed(t: Matrix, q: Matrix, s: Matrix): Float64Array {
  const [x, y, z, w] = [q[0]!, q[1]!, q[2]!, q[3]!];
  const out = new Float64Array(16);
  out.set([(1 - 2 * (y * y + z * z)) * s[0]!, 2 * (x * y + w * z) * s[0]!, 2 * (x * z - w * y) * s[0]!, 0], 0);
  out.set([2 * (x * y - w * z) * s[1]!, (1 - 2 * (x * x + z * z)) * s[1]!, 2 * (y * z + w * x) * s[1]!, 0], 4);
  out.set([2 * (x * z + w * y) * s[2]!, 2 * (y * z - w * x) * s[2]!, (1 - 2 * (x * x + y * y)) * s[2]!, 0], 8);
  out.set([t[0]!, t[1]!, t[2]!, 1], 12);
  return out;
}

/** World matrices at which a node shows its mesh: its own, or one an instance of EXT_mesh_gpu_instancing. */
export function nodePlacements(node: Node): Matrix[] {
  const world = node.getWorldMatrix();
  const batch = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
  if (!batch) return [world];
  const read = (name: string): Float32Array | undefined => {
    const accessor = batch.getAttribute(name);
    return accessor ? readFloats(accessor) : undefined;
  };
  const [translations, rotations, scales] = [read('TRANSLATION'), read('ROTATION'), read('SCALE')];
  const count = Math.max(0, ...batch.listAttributes().map((attribute) => attribute.getCount()));
  return Array.from({ length: count }, (_, i) => {
    const t = translations?.subarray(i * 3, i * 3 + 3) ?? [0, 0, 0];
    const q = rotations?.subarray(i * 4, i * 4 + 4) ?? [0, 0, 0, 1];
    const s = scales?.subarray(i * 3, i * 3 + 3) ?? [1, 1, 1];
    return multiply(world, composed(t, q, s));
  });
}

/** Blended joint matrices at rest, one a vertex `[vertices × 16]`; undefined if the primitive follows no skin. */
export function skinMatrices(node: Node, primitive: Primitive): Float64Array | undefined {
  const skin = node.getSkin();
  const joints = primitive.getAttribute('JOINTS_0')?.getArray();
  const weightAccessor = primitive.getAttribute('WEIGHTS_0');
  if (!skin || !joints || !weightAccessor) return undefined;
  const inverseAccessor = skin.getInverseBindMatrices();
  const inverse = inverseAccessor ? readFloats(inverseAccessor) : undefined;
  const matrices = skin.listJoints().map((joint, i) => {
    const world = joint.getWorldMatrix();
    return inverse && inverse.length >= i * 16 + 16 ? multiply(world, inverse.subarray(i * 16, i * 16 + 16)) : world;
  });
  if (matrices.length === 0) return undefined;
  const weights = readFloats(weightAccessor);
  const out = new Float64Array(weights.length * 4);
  for (let k = 0; k < weights.length; k++) {
    const matrix = matrices[joints[k]!];
    if (!(weights[k] > 0) || matrix === undefined) continue;
    for (let e = 0; e < 16; e++) out[(k >> 2) * 16 + e] += weights[k] * matrix[e]!;
  }
  return out;
}

/** An attribute `[vertices × 3]` with the morph targets added that the mesh shows at rest. */
export function restAttribute(node: Node, primitive: Primitive, name: 'POSITION' | 'NORMAL'): Float32Array | undefined {
  const accessor = primitive.getAttribute(name);
  if (!accessor) return undefined;
  const values = readFloats(accessor);
  const nodeWeights = node.getWeights();
  const weights = nodeWeights.length > 0 ? nodeWeights : (node.getMesh()?.getWeights() ?? []);
  if (!weights.some((weight) => weight !== 0)) return values;
  const moved = values.slice();
  primitive.listTargets().forEach((target, i) => {
    const delta = target.getAttribute(name);
    const weight = weights[i] ?? 0;
    if (!delta || weight === 0) return;
    const deltas = readFloats(delta);
    for (let k = 0; k < moved.length; k++) moved[k] += weight * deltas[k];
  });
  return moved;
}

/** Sign of the volume that a matrix spans: negative turns faces inside out. */
export function handedness(m: Matrix): number {
  const volume =
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) +
    m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!);
  return volume < 0 ? -1 : 1;
}

/** Writes points moved by `matrix`, or each by its own of `skin`, to `out` from `at` on. */
export function placePoints(
  values: Float32Array,
  matrix: Matrix,
  skin: Float64Array | undefined,
  out: Float32Array,
  at: number,
): void {
  for (let i = 0, o = 0; i < values.length; i += 3) {
    const m = skin ?? matrix;
    const x = values[i];
    const y = values[i + 1];
    const z = values[i + 2];
    out[at + i] = m[o]! * x + m[o + 4]! * y + m[o + 8]! * z + m[o + 12]!;
    out[at + i + 1] = m[o + 1]! * x + m[o + 5]! * y + m[o + 9]! * z + m[o + 13]!;
    out[at + i + 2] = m[o + 2]! * x + m[o + 6]! * y + m[o + 10]! * z + m[o + 14]!;
    if (skin) o += 16;
  }
}

/**
 * Writes unit normals, which move by the cofactors of the matrix: they stay upright under uneven scale, and on the same
 * side under mirroring. `turn` is the sign by which cofactors of a mirroring matrix point inwards.
 */
export function placeNormals(
  values: Float32Array,
  matrix: Matrix,
  skin: Float64Array | undefined,
  out: Float32Array,
  at: number,
): void {
  const turn = handedness(matrix);
  for (let i = 0, o = 0; i < values.length; i += 3) {
    const m = skin ?? matrix;
    const x = values[i];
    const y = values[i + 1];
    const z = values[i + 2];
    const [a, b, c] = [m[o]!, m[o + 1]!, m[o + 2]!];
    const [d, e, f] = [m[o + 4]!, m[o + 5]!, m[o + 6]!];
    const [g, h, k] = [m[o + 8]!, m[o + 9]!, m[o + 10]!];
    const nx = (e * k - f * h) * x + (h * c - k * b) * y + (b * f - c * e) * z;
    const ny = (f * g - d * k) * x + (k * a - g * c) * y + (c * d - a * f) * z;
    const nz = (d * h - e * g) * x + (g * b - h * a) * y + (a * e - b * d) * z;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    const scale = length > 0 && length < Infinity ? (skin ? 1 : turn) / length : 0;
    out[at + i] = scale === 0 ? 0 : nx * scale;
    out[at + i + 1] = scale === 0 ? 0 : ny * scale;
    out[at + i + 2] = scale === 0 ? 0 : nz * scale;
    if (skin) o += 16;
  }
}
