import { Document } from '@gltf-transform/core';
import { writeGlb } from '../../core/format/gltf-io.ts';
import type { Picture } from '../../core/quality/metrics/picture.ts';
import { areaVectorOf, type Model, type Part } from './model.ts';

/** Encodes RGBA8 as PNG. */
export type EncodePng = (picture: Picture) => Promise<Uint8Array>;

const keyOf = (positions: Float32Array, vertex: number): string =>
  `${positions[vertex * 3]} ${positions[vertex * 3 + 1]} ${positions[vertex * 3 + 2]}`;

/** Unit normals of each vertex of each part: the sum of the areas around its position, seams included. */
function smoothNormals(parts: readonly Part[]): Float32Array[] {
  const sums = new Map<string, [number, number, number]>();
  for (const part of parts) {
    for (let corner = 0; corner < part.indices.length; corner++) {
      const key = keyOf(part.positions, part.indices[corner]);
      const sum = sums.get(key) ?? [0, 0, 0];
      areaVectorOf(part, (corner / 3) | 0).forEach((value, k) => {
        sum[k] += value;
      });
      sums.set(key, sum);
    }
  }
  return parts.map(({ positions }) => {
    const normals = new Float32Array(positions.length);
    for (let v = 0; v < positions.length / 3; v++) {
      const sum = sums.get(keyOf(positions, v)) ?? [0, 1, 0];
      const length = Math.hypot(...sum);
      normals.set(length > 0 ? sum.map((value) => value / length) : [0, 1, 0], v * 3);
    }
    return normals;
  });
}

const emptyMap = (sizePx: number): Picture => ({
  width: sizePx,
  height: sizePx,
  data: new Uint8ClampedArray(sizePx * sizePx * 4).fill(255),
});

/** Writes models; an image that several of them share is encoded once. */
export function modelWriter(encode: EncodePng): (model: Model) => Promise<Uint8Array> {
  const encoded = new WeakMap<Picture, Promise<Uint8Array>>();
  const maps = new Map<number, Picture>();
  const pngOf = (picture: Picture): Promise<Uint8Array> => {
    const png = encoded.get(picture) ?? encode(picture);
    encoded.set(picture, png);
    return png;
  };
  const mapOf = (sizePx: number): Picture => {
    const picture = maps.get(sizePx) ?? emptyMap(sizePx);
    maps.set(sizePx, picture);
    return picture;
  };
  return async (model) => {
    const document = new Document();
    const buffer = document.createBuffer();
    const mesh = document.createMesh(model.name);
    const accessor = (type: 'SCALAR' | 'VEC2' | 'VEC3', array: Float32Array | Uint32Array) =>
      document.createAccessor().setType(type).setArray(array.slice()).setBuffer(buffer);
    const image = async (picture: Picture) =>
      document
        .createTexture()
        .setMimeType('image/png')
        .setImage(await pngOf(picture));
    const normals = smoothNormals(model.parts);
    for (const [i, part] of model.parts.entries()) {
      const material = document
        .createMaterial(`material ${i}`)
        .setRoughnessFactor(0.8)
        .setMetallicFactor(part.metallic ?? 1);
      material.setBaseColorTexture(await image(part.picture));
      const further = await Promise.all((part.mapsPx ?? []).map((sizePx) => image(mapOf(sizePx))));
      if (further[0]) material.setMetallicRoughnessTexture(further[0]);
      if (further[1]) material.setOcclusionTexture(further[1]);
      if (further[2]) material.setEmissiveTexture(further[2]);
      const primitive = document
        .createPrimitive()
        .setMaterial(material)
        .setIndices(accessor('SCALAR', part.indices))
        .setAttribute('POSITION', accessor('VEC3', part.positions))
        .setAttribute('NORMAL', accessor('VEC3', normals[i]));
      if (part.uvs) primitive.setAttribute('TEXCOORD_0', accessor('VEC2', part.uvs));
      mesh.addPrimitive(primitive);
    }
    const scene = document.createScene().addChild(document.createNode(model.name).setMesh(mesh));
    document.getRoot().setDefaultScene(scene);
    return writeGlb(document);
  };
}
