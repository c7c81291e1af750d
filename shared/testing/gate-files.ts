import { Document, type GLTF } from '@gltf-transform/core';
import { writeGlb } from '../core/format/gltf-io.ts';
import { analyseDocument } from '../core/mesh/analyse/analyse-document.ts';
import type { TriangleList } from '../core/mesh/join-triangles.ts';
import { surfaceOf } from '../core/mesh/surface-distance.ts';
import type { GateContext, GateFile } from '../core/quality/gate-file.ts';
import { glbJson } from '../core/quality/glb-json.ts';
import { measureAsset } from '../core/quality/measure-asset.ts';
import type { ColourReport } from '../core/quality/measure-base-colours.ts';
import { profiles } from '../profiles/profiles.ts';
import type { CheckRule } from '../schema/index.ts';
import { pngHeader } from './builders.ts';

/** A flat sheet of `n` × `n` quads, one metre wide, facing +Z, with the coordinates that lay one picture on it upright. */
export function sheet(n = 8): TriangleList & { uv: Float32Array } {
  const positions: number[] = [];
  const uv: number[] = [];
  const indices: number[] = [];
  for (let j = 0; j <= n; j++) {
    for (let i = 0; i <= n; i++) {
      positions.push(i / n - 0.5, j / n - 0.5, 0);
      uv.push(i / n, 1 - j / n);
      const at = j * (n + 1) + i;
      if (i < n && j < n) indices.push(at, at + 1, at + n + 2, at, at + n + 2, at + n + 1);
    }
  }
  return {
    positions: Float32Array.from(positions),
    uv: Float32Array.from(uv),
    indices: Uint32Array.from(indices),
  };
}

export interface MeshDocumentOptions {
  /** Coordinates `[vertices × 2]`. */
  readonly uv?: Float32Array;
  /** Side of the base colour texture, which has a header and no pixels; no texture when left out. */
  readonly texturePx?: number;
  readonly doubleSided?: boolean;
  readonly clamp?: boolean;
}

/** A document that shows a triangle list once, with a material that is no metal. */
export function meshDocument(list: TriangleList, options: MeshDocumentOptions = {}): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const material = document
    .createMaterial()
    .setMetallicFactor(0)
    .setDoubleSided(options.doubleSided ?? false);
  if (options.texturePx) {
    const image = pngHeader(options.texturePx, options.texturePx);
    material.setBaseColorTexture(document.createTexture().setMimeType('image/png').setImage(image));
    if (options.clamp) material.getBaseColorTextureInfo()?.setWrapS(33071).setWrapT(33071);
  }
  const accessor = (type: GLTF.AccessorType, array: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setMaterial(material)
    .setIndices(accessor('SCALAR', Uint32Array.from(list.indices)))
    .setAttribute('POSITION', accessor('VEC3', Float32Array.from(list.positions)));
  if (options.uv) primitive.setAttribute('TEXCOORD_0', accessor('VEC2', Float32Array.from(options.uv)));
  const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive));
  document.getRoot().setDefaultScene(document.createScene().addChild(node));
  return document;
}

/** A document as the gate opens it, without the validator; its colours as given. */
export async function gateFile(
  document: Document,
  colours: ColourReport = { textures: [], unreadable: [] },
): Promise<GateFile> {
  const json = glbJson(await writeGlb(document));
  if (!json) throw new Error('A written file has no JSON.');
  return {
    name: 'model',
    json,
    document,
    stats: measureAsset(document, 1000),
    surface: surfaceOf(document),
    validation: { version: 'none', messages: [] },
    analysis: analyseDocument(document),
    colours,
  };
}

/** What a check is told of a target that has no rules but those given. */
export function gateContext(file: GateFile, checks: Record<string, CheckRule> = {}): GateContext {
  return { profile: { ...profiles[0]!, limits: {}, checks }, files: [file] };
}
