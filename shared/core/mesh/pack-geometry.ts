import { type Document, Primitive } from '@gltf-transform/core';
import { EXTMeshoptCompression, KHRDracoMeshCompression, KHRMeshQuantization } from '@gltf-transform/extensions';
import { quantize } from '@gltf-transform/functions';
import type { MeshoptEncoder } from 'meshoptimizer';
import type { GeometryCompression } from '../../schema/index.ts';
import { compactPrimitive } from './compact-primitive.ts';
import { quantizeWeights } from './quantize-weights.ts';
import { triangleIndices } from './triangle-indices.ts';

/**
 * Bits of each attribute. 14 bits put a position on a grid of 1/16,384 of the mesh: 0.06 mm on a metre. 12 bits of UV
 * are one texel of 4096. Colours of eight bits stay as they are; float colours keep twelve because glTF stores them
 * linear, where eight show bands in the dark.
 */
const bits = { quantizePosition: 14, quantizeTexcoord: 12, quantizeColor: 12, quantizeWeight: 8, quantizeNormal: 10 };
/** The same for Draco, which has its own names; what is not said here is its default. */
const dracoBits = { POSITION: bits.quantizePosition, TEX_COORD: bits.quantizeTexcoord, COLOR: bits.quantizeColor };
/** Normals and tangents get the octahedral filter of the meshopt writer instead, eight bits. */
const meshoptPattern = /^(POSITION|TEXCOORD|JOINTS|WEIGHTS|COLOR)(_\d+)?$/;
const meshoptTargets = /^(POSITION|TEXCOORD|COLOR|NORMAL|TANGENT)(_\d+)?$/;

/** Puts the vertices of every triangle list in cache order, which decimated ones are in already. */
export function orderVertices(document: Document, encoder: typeof MeshoptEncoder): void {
  const primitives = new Set(
    document
      .getRoot()
      .listMeshes()
      .flatMap((mesh) => mesh.listPrimitives()),
  );
  for (const primitive of primitives) {
    if (primitive.getMode() !== Primitive.Mode.TRIANGLES || !primitive.getIndices()) continue;
    compactPrimitive(document, primitive, triangleIndices(primitive).slice(), encoder);
  }
}

/**
 * Prepares a document so that writing it packs the geometry as asked. Vertices should be in cache order already. Mutates
 * the document; compression of an earlier reading is forgotten.
 */
export async function packGeometry(document: Document, compression: GeometryCompression): Promise<void> {
  for (const extension of document.getRoot().listExtensionsUsed()) {
    const { extensionName } = extension;
    if (extensionName === 'KHR_draco_mesh_compression' || extensionName === 'EXT_meshopt_compression')
      extension.dispose();
  }
  if (compression === 'none') return;
  if (compression === 'draco') {
    quantizeWeights(document);
    document.createExtension(KHRDracoMeshCompression).setRequired(true).setEncoderOptions({
      method: KHRDracoMeshCompression.EncoderMethod.EDGEBREAKER,
      encodeSpeed: 5,
      decodeSpeed: 5,
      quantizationBits: dracoBits,
    });
    return;
  }
  if (compression === 'quantized') {
    await document.transform(quantize({ ...bits, cleanup: true }));
    return;
  }
  await document.transform(
    quantize({ ...bits, quantizeNormal: 8, pattern: meshoptPattern, patternTargets: meshoptTargets }),
  );
  document.createExtension(KHRMeshQuantization).setRequired(true);
  document
    .createExtension(EXTMeshoptCompression)
    .setRequired(true)
    .setEncoderOptions({ method: EXTMeshoptCompression.EncoderMethod.FILTER });
}
