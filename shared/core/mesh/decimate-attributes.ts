import type { Primitive, Skin } from '@gltf-transform/core';
import { readFloats } from './read-floats.ts';

/** Vertex attributes in the form that the simplifier weighs: `values` is `[vertices × weights.length]`. */
export interface WeighedAttributes {
  readonly values: Float32Array;
  readonly weights: number[];
}

/**
 * How much a change of an attribute counts against a change of position: 1 / weight of it over a distance d counts like a
 * position change of d. Found by measuring the result against its source. A normal weight of 0.25 brings the shading to
 * within 10 % of what 0.5 reaches (mean angle 1.2° for 1.1°) at two thirds of its position error. A UV weight of 5 keeps
 * charts whole where seams may be crossed: at 1 triangles reach over into foreign charts, at 20 the outline suffers.
 */
export const attributeWeights = { normal: 0.25, colour: 1, uv: 5, skin: 1 } as const;

interface Channel {
  readonly source: Float32Array;
  readonly stride: number;
  readonly used: number;
  readonly weight: number;
}

/**
 * Where the joints of each vertex stand on average `[vertices × 3]`, in units of the skin's extent. Vertices that move
 * alike have alike values, so collapses keep to one limb; three numbers stand for any number of joints.
 */
function jointCentres(primitive: Primitive, skin: Skin): Float32Array | undefined {
  const joints = primitive.getAttribute('JOINTS_0')?.getArray();
  const weightAccessor = primitive.getAttribute('WEIGHTS_0');
  if (!joints || !weightAccessor) return undefined;
  const weights = readFloats(weightAccessor);
  const places = skin.listJoints().map((joint) => joint.getWorldTranslation());
  const extent = Math.max(
    ...[0, 1, 2].map((axis) => {
      const values = places.map((place) => place[axis] as number);
      return Math.max(...values) - Math.min(...values);
    }),
  );
  if (!(extent > 0)) return undefined;
  const centres = new Float32Array((joints.length / 4) * 3);
  for (let k = 0; k < joints.length; k++) {
    const place = places[joints[k] as number];
    const weight = weights[k] as number;
    if (!place || !(weight > 0)) continue;
    const at = (k >> 2) * 3;
    for (let axis = 0; axis < 3; axis++) centres[at + axis]! += (weight * (place[axis] as number)) / extent;
  }
  return centres;
}

/** Gathers normals, colours, UV and skin of a primitive with their weights. */
export function weighAttributes(primitive: Primitive, skin: Skin | null): WeighedAttributes {
  const channels: Channel[] = [];
  const add = (semantic: string, used: number, weight: number): void => {
    const accessor = primitive.getAttribute(semantic);
    if (accessor) channels.push({ source: readFloats(accessor), stride: accessor.getElementSize(), used, weight });
  };
  add('NORMAL', 3, attributeWeights.normal);
  add('COLOR_0', 3, attributeWeights.colour);
  add('TEXCOORD_0', 2, attributeWeights.uv);
  const centres = skin ? jointCentres(primitive, skin) : undefined;
  if (centres) channels.push({ source: centres, stride: 3, used: 3, weight: attributeWeights.skin });
  const only = channels.length === 1 ? channels[0] : undefined;
  if (only && only.stride === only.used) {
    return { values: only.source, weights: new Array<number>(only.used).fill(only.weight) };
  }
  return interleave(channels, primitive.getAttribute('POSITION')?.getCount() ?? 0);
}

function interleave(channels: Channel[], vertexCount: number): WeighedAttributes {
  const weights = channels.flatMap(({ used, weight }) => new Array<number>(used).fill(weight));
  const width = weights.length;
  const values = new Float32Array(vertexCount * width);
  let offset = 0;
  for (const { source, stride, used } of channels) {
    for (let v = 0; v < vertexCount; v++) {
      for (let c = 0; c < used; c++) values[v * width + offset + c] = source[v * stride + c] as number;
    }
    offset += used;
  }
  return { values, weights };
}
