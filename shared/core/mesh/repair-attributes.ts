import type { Accessor, Document, Primitive } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';

/** Replaces what is not finite. @returns how many values */
function refill(array: Float32Array, value: number): number {
  let count = 0;
  for (let i = 0; i < array.length; i++) {
    if (Number.isFinite(array[i])) continue;
    array[i] = value;
    count++;
  }
  return count;
}

function clampToUnit(array: Float32Array): number {
  let count = 0;
  for (let i = 0; i < array.length; i++) {
    const value = array[i] as number;
    if (value >= 0 && value <= 1) continue;
    array[i] = value > 1 ? 1 : 0;
    count++;
  }
  return count;
}

type Rule = readonly [semantic: RegExp, code: string, message: string, repair: (array: Float32Array) => number];

const rules: readonly Rule[] = [
  [/^TEXCOORD_/, 'uv_repaired', 'Texture coordinates that were not finite became 0.', (array) => refill(array, 0)],
  [
    /^COLOR_/,
    'colours_repaired',
    'Vertex colours that were not finite became 1; those outside 0–1 were clamped.',
    (array) => refill(array, 1) + clampToUnit(array),
  ],
  [/^_/, 'custom_repaired', 'Values of custom attributes that were not finite became 0.', (array) => refill(array, 0)],
];

const targetRule: Rule = [
  /./,
  'targets_repaired',
  'Morph target values that were not finite became 0.',
  (array) => refill(array, 0),
];

/**
 * Sets right the float values of vertex attributes that no reader can use: NaN and infinity in texture coordinates,
 * colours, morph targets and custom attributes, and colours outside 0–1. Positions, normals and weights are others’
 * matter. Mutates the document.
 */
export function repairAttributes(document: Document): Change[] {
  const counts = new Map<Rule, number>();
  const done = new Set<Accessor>();
  const repair = (
    holder: Pick<Primitive, 'listSemantics' | 'getAttribute'>,
    ruleOf: (name: string) => Rule | undefined,
  ) => {
    for (const semantic of holder.listSemantics()) {
      const accessor = holder.getAttribute(semantic) as Accessor;
      const rule = ruleOf(semantic);
      const array = accessor.getArray();
      if (!rule || done.has(accessor) || !(array instanceof Float32Array)) continue;
      done.add(accessor);
      counts.set(rule, (counts.get(rule) ?? 0) + rule[3](array));
    }
  };
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      repair(primitive, (name) => rules.find(([semantic]) => semantic.test(name)));
      for (const target of primitive.listTargets()) repair(target, () => targetRule);
    }
  }
  return [...counts].flatMap(([[, code, message], count]) => (count > 0 ? [{ code, message, count }] : []));
}
