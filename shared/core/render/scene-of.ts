import type { Document, Primitive } from '@gltf-transform/core';
import { readFloats } from '../mesh/read-floats.ts';
import { cornerTangents } from './corner-tangents.ts';
import { listParts, type Part } from './list-parts.ts';
import { handedness, placeNormals, placePoints, restAttribute, skinMatrices } from './place-vertices.ts';
import type { RenderMaterial, RenderScene } from './scene.ts';
import { type DecodeImage, sceneMaterials } from './scene-materials.ts';

interface Arrays {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly tangents: Float32Array;
  readonly uvs0: Float32Array;
  readonly uvs1: Float32Array;
  readonly colours: Float32Array;
  readonly indices: Uint32Array;
  readonly triangleMaterials: Uint32Array;
}

function allocate(parts: readonly Part[], needsTangents: boolean): Arrays {
  const vertices = parts.reduce((sum, part) => sum + part.vertices, 0);
  const corners = parts.reduce((sum, part) => sum + part.indices.length, 0);
  const has = (name: string): boolean => parts.some(({ primitive }) => primitive.getAttribute(name) !== null);
  const when = (wanted: boolean, length: number): Float32Array => new Float32Array(wanted ? length : 0);
  return {
    positions: new Float32Array(vertices * 3),
    normals: new Float32Array(vertices * 3),
    tangents: when(needsTangents, corners * 4),
    uvs0: when(has('TEXCOORD_0'), vertices * 2),
    uvs1: when(has('TEXCOORD_1'), vertices * 2),
    colours: when(has('COLOR_0'), vertices * 4),
    indices: new Uint32Array(corners),
    triangleMaterials: new Uint32Array(corners / 3),
  };
}

function fillColours(primitive: Primitive, first: number, vertices: number, out: Float32Array): void {
  if (out.length === 0) return;
  const accessor = primitive.getAttribute('COLOR_0');
  if (!accessor) {
    out.fill(1, first * 4, (first + vertices) * 4);
    return;
  }
  const values = readFloats(accessor);
  const size = accessor.getElementSize();
  for (let v = 0; v < vertices; v++) {
    for (let k = 0; k < 4; k++) out[(first + v) * 4 + k] = k < size ? values[v * size + k] : 1;
  }
}

/** Tangents of a part: the file's where it has them, derived where the normal map needs them. */
function fillTangents(part: Part, material: RenderMaterial, out: Arrays, vertexAt: number, cornerAt: number): void {
  const { primitive, matrix, vertices } = part;
  const use = material.normalTexture;
  if (!use || out.tangents.length === 0) return;
  const indices = out.indices.subarray(cornerAt, cornerAt + part.indices.length);
  const accessor = primitive.getAttribute('TANGENT');
  if (accessor) {
    const values = readFloats(accessor);
    const sign = handedness(matrix);
    for (let i = 0; i < indices.length; i++) {
      const v = indices[i] - vertexAt;
      const [x, y, z] = [values[v * 4], values[v * 4 + 1], values[v * 4 + 2]];
      const at = (cornerAt + i) * 4;
      for (let k = 0; k < 3; k++) out.tangents[at + k] = matrix[k]! * x + matrix[k + 4]! * y + matrix[k + 8]! * z;
      out.tangents[at + 3] = values[v * 4 + 3] * sign;
    }
    return;
  }
  const uvs = use.uvSet === 1 ? out.uvs1 : out.uvs0;
  if (uvs.length === 0) return;
  const slice = (array: Float32Array, size: number): Float32Array =>
    array.slice(vertexAt * size, (vertexAt + vertices) * size);
  const surface = { positions: slice(out.positions, 3), normals: slice(out.normals, 3), uvs: slice(uvs, 2) };
  out.tangents.set(cornerTangents({ ...surface, indices: indices.map((v) => v - vertexAt) }), cornerAt * 4);
}

function fillPart(
  part: Part,
  materials: readonly RenderMaterial[],
  out: Arrays,
  vertexAt: number,
  cornerAt: number,
): void {
  const { node, primitive, matrix, indices, vertices } = part;
  const skin = skinMatrices(node, primitive);
  const positions = restAttribute(node, primitive, 'POSITION');
  const normals = restAttribute(node, primitive, 'NORMAL');
  if (positions) placePoints(positions, matrix, skin, out.positions, vertexAt * 3);
  if (normals) placeNormals(normals, matrix, skin, out.normals, vertexAt * 3);
  const uv0 = primitive.getAttribute('TEXCOORD_0');
  const uv1 = primitive.getAttribute('TEXCOORD_1');
  if (uv0) out.uvs0.set(readFloats(uv0).subarray(0, vertices * 2), vertexAt * 2);
  if (uv1) out.uvs1.set(readFloats(uv1).subarray(0, vertices * 2), vertexAt * 2);
  fillColours(primitive, vertexAt, vertices, out.colours);
  // A mirroring transform turns the winding over (glTF 2.0 section 3.7.4).
  const mirrored = !skin && handedness(matrix) < 0;
  for (let i = 0; i < indices.length; i++) {
    const k = i % 3;
    const corner = mirrored && k > 0 ? i + 3 - 2 * k : i;
    out.indices[cornerAt + i] = indices[corner] + vertexAt;
  }
  out.triangleMaterials.fill(part.material, cornerAt / 3, (cornerAt + indices.length) / 3);
  fillTangents(part, materials[part.material]!, out, vertexAt, cornerAt);
}

/**
 * What a document shows, as arrays in world space: all scenes, instances, skins and morph targets at rest. `decode`
 * turns image files into pixels; levels of textures above `maxTexturePx` are left out. The document is only read.
 */
export async function sceneOf(
  document: Document,
  decode: DecodeImage,
  options: { maxTexturePx?: number } = {},
): Promise<RenderScene> {
  const { materials, textures } = await sceneMaterials(document, decode, options.maxTexturePx);
  const parts = listParts(document);
  const arrays = allocate(
    parts,
    parts.some(({ material }) => materials[material]!.normalTexture !== undefined),
  );
  let vertexAt = 0;
  let cornerAt = 0;
  for (const part of parts) {
    fillPart(part, materials, arrays, vertexAt, cornerAt);
    vertexAt += part.vertices;
    cornerAt += part.indices.length;
  }
  return { ...arrays, materials, textures };
}
