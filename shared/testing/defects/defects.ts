import type { GLTF } from '@gltf-transform/core';
import { editJson } from '../edit-json.ts';
import { packGlb } from '../pack-glb.ts';
import {
  addDegenerate,
  addFins,
  addFloaters,
  addThinPlate,
  addTriangles,
  cutHole,
  flipPatch,
  type Inject,
  movePivot,
  pullThrough,
  repeatTriangles,
  rescale,
  type Strength,
  turnInsideOut,
  turnOver,
} from './inject-geometry.ts';
import {
  addLargeMaps,
  bakeLight,
  blurTexture,
  flattenTexture,
  omitMetallic,
  paleTexture,
  shiftCharts,
} from './inject-texture.ts';
import {
  collapseUv,
  dropUv,
  leaveRange,
  mirrorCharts,
  overlapCharts,
  packTightly,
  shrinkCharts,
  stretchCharts,
} from './inject-uv.ts';

/** A defect and how it gets into a model. */
export interface Defect {
  readonly name: string;
  readonly family: 'geometry' | 'placement' | 'uv' | 'texture' | 'file';
  /** Finding codes that name it; one of them is enough. */
  readonly codes: readonly string[];
  /** Further codes that this injector rightly causes: no false alarms there. */
  readonly also?: readonly string[];
  /** What is done to the model; nothing when the fault is in the file alone. */
  readonly inject: Inject;
  /** What is done to the file. */
  readonly corrupt?: (glb: Uint8Array, strength: Strength) => Uint8Array;
}

/** JSON and binary part of a GLB that `writeGlb` made. */
function openGlb(glb: Uint8Array): { json: GLTF.IGLTF; bin: Uint8Array } {
  const view = new DataView(glb.buffer, glb.byteOffset, glb.byteLength);
  const end = 20 + view.getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(glb.subarray(20, end))) as GLTF.IGLTF;
  return { json, bin: glb.slice(end + 8) };
}

/** A roughness of 1.5; bounds that are not those of the positions; both and a sampler filter that does not exist. */
function breakFile(glb: Uint8Array, strength: Strength): Uint8Array {
  const { json, bin } = openGlb(glb);
  const position = json.meshes?.[0]?.primitives[0]?.attributes.POSITION ?? 0;
  const roughness = { '/materials/0/pbrMetallicRoughness/roughnessFactor': 1.5 };
  const bounds = { [`/accessors/${position}/max`]: [1e-3, 1e-3, 1e-3] };
  const filter = { '/samplers': [{ magFilter: 1 }], '/textures/0/sampler': 0 };
  const edits = [roughness, bounds, { ...roughness, ...bounds, ...filter }][strength];
  return packGlb(editJson(json, edits), bin);
}

const unchanged: Inject = (model) => model;

/** Codes that any change of the surface may bring along with it. */
const bent = ['self_intersection', 'uv_stretch', 'uv_density_spread', 'thin_parts', 'pivot_off', 'pivot_outside'];

/** Every defect that the gate is asked to find, with the codes that name it. The one table of both. */
export const defects: readonly Defect[] = [
  { name: 'floaters', family: 'geometry', codes: ['floaters'], also: ['budget_exceeded'], inject: addFloaters },
  { name: 'holes', family: 'geometry', codes: ['holes'], inject: cutHole },
  {
    name: 'non-manifold edges',
    family: 'geometry',
    codes: ['non_manifold_edges'],
    also: ['non_manifold_points', 'winding_inconsistent', 'holes', 'budget_exceeded'],
    inject: addFins,
  },
  {
    name: 'self-intersection',
    family: 'geometry',
    codes: ['self_intersection'],
    also: [...bent, 'up_axis', 'scale_too_large', 'inside_out'],
    inject: pullThrough,
  },
  {
    name: 'degenerate triangles',
    family: 'geometry',
    codes: ['degenerate_triangles'],
    also: ['uv_zero_area', 'budget_exceeded'],
    inject: addDegenerate,
  },
  {
    name: 'duplicate triangles',
    family: 'geometry',
    codes: ['duplicate_triangles'],
    also: ['non_manifold_edges', 'non_manifold_points', 'uv_overlap', 'winding_inconsistent', 'budget_exceeded'],
    inject: repeatTriangles,
  },
  {
    name: 'flipped winding',
    family: 'geometry',
    codes: ['winding_inconsistent'],
    also: ['uv_mirrored', 'uv_stretch'],
    inject: flipPatch,
  },
  {
    name: 'inside out',
    family: 'geometry',
    codes: ['inside_out'],
    also: ['uv_mirrored', 'uv_density_spread', 'up_axis', 'pivot_off', 'budget_exceeded'],
    inject: turnInsideOut,
  },
  {
    name: 'thin parts',
    family: 'geometry',
    codes: ['thin_parts'],
    also: ['up_axis', 'pivot_off', 'pivot_outside', 'uv_density_spread', 'uv_waste', 'uv_stretch', 'budget_exceeded'],
    inject: addThinPlate,
  },
  { name: 'over the budget', family: 'geometry', codes: ['budget_exceeded'], inject: addTriangles },
  {
    name: 'wrong scale',
    family: 'placement',
    codes: ['scale_too_large', 'scale_too_small'],
    inject: rescale,
  },
  { name: 'pivot outside', family: 'placement', codes: ['pivot_outside'], also: ['pivot_off'], inject: movePivot },
  { name: 'wrong up axis', family: 'placement', codes: ['up_axis'], inject: turnOver },
  {
    name: 'UV missing',
    family: 'uv',
    codes: ['uv_missing'],
    also: ['uv_none', 'texture_blurred', 'texture_flat', 'texture_pale'],
    inject: dropUv,
  },
  {
    name: 'UV overlap',
    family: 'uv',
    codes: ['uv_overlap'],
    also: ['uv_waste', 'uv_out_of_range', 'uv_gutter'],
    inject: overlapCharts,
  },
  {
    name: 'UV mirrored',
    family: 'uv',
    codes: ['uv_mirrored'],
    also: ['uv_overlap', 'uv_gutter'],
    inject: mirrorCharts,
  },
  {
    name: 'UV stretched',
    family: 'uv',
    codes: ['uv_stretch'],
    also: ['uv_waste', 'uv_density_spread', 'uv_zero_area'],
    inject: stretchCharts,
  },
  {
    name: 'UV density spread',
    family: 'uv',
    codes: ['uv_density_spread'],
    also: ['uv_waste', 'uv_zero_area'],
    inject: shrinkCharts,
  },
  { name: 'UV gutter', family: 'uv', codes: ['uv_gutter'], also: ['uv_overlap'], inject: packTightly },
  { name: 'UV out of range', family: 'uv', codes: ['uv_out_of_range'], inject: leaveRange },
  {
    name: 'UV without area',
    family: 'uv',
    codes: ['uv_zero_area'],
    also: ['uv_seams', 'uv_stretch', 'uv_density_spread', 'uv_gutter'],
    inject: collapseUv,
  },
  { name: 'blurred texture', family: 'texture', codes: ['texture_blurred'], inject: blurTexture },
  { name: 'baked light', family: 'texture', codes: ['baked_light'], also: ['texture_pale'], inject: bakeLight },
  {
    name: 'flat texture',
    family: 'texture',
    codes: ['texture_flat'],
    also: ['texture_blurred', 'baked_light'],
    inject: flattenTexture,
  },
  {
    name: 'pale texture',
    family: 'texture',
    codes: ['texture_pale'],
    also: ['texture_blurred', 'texture_flat'],
    inject: paleTexture,
  },
  {
    name: 'texture seams',
    family: 'texture',
    codes: ['texture_seams'],
    also: ['baked_light'],
    inject: shiftCharts,
  },
  {
    name: 'texture memory',
    family: 'texture',
    codes: ['limit_texture_memory_bytes'],
    also: ['limit_texture_size_px'],
    inject: addLargeMaps,
  },
  { name: 'metallic by omission', family: 'texture', codes: ['metallic_by_omission'], inject: omitMetallic },
  {
    name: 'broken file',
    family: 'file',
    codes: ['VALUE_NOT_IN_RANGE', 'ACCESSOR_MAX_MISMATCH', 'ACCESSOR_ELEMENT_OUT_OF_MAX_BOUND'],
    also: ['VALUE_NOT_IN_LIST'],
    inject: unchanged,
    corrupt: breakFile,
  },
];
