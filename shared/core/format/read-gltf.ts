import type { Document, Material } from '@gltf-transform/core';
import { EXTTextureAVIF, EXTTextureWebP, KHRTextureBasisu } from '@gltf-transform/extensions';
import { AtlasError } from '../../errors.ts';
import type { Change } from '../../schema/index.ts';
import { checkBuffers } from './check-buffers.ts';
import { checkCounts } from './check-counts.ts';
import { checkDraco } from './check-draco.ts';
import { checkExtensions } from './check-extensions.ts';
import { checkGeometry } from './check-geometry.ts';
import { checkImages } from './check-images.ts';
import { checkNodes } from './check-nodes.ts';
import { checkReferences } from './check-references.ts';
import { checkSparse } from './check-sparse.ts';
import { dracoName, forgetDraco, gltfIO } from './gltf-io.ts';
import type { GltfJson } from './gltf-json.ts';
import { adoptMeshopt } from './meshopt-extension.ts';
import { parseGltfJson } from './parse-gltf-json.ts';
import { type GltfSurroundings, type Resources, resolveResources } from './resolve-resources.ts';
import type { SourceLimits } from './source-limits.ts';

/** Factors that a file leaves to glTF’s defaults; the document alone cannot tell them from factors that it states. */
export interface OmittedFactors {
  readonly metallic: ReadonlySet<Material>;
  readonly roughness: ReadonlySet<Material>;
}

export interface GltfSource {
  readonly document: Document;
  readonly changes: Change[];
  readonly omitted: OmittedFactors;
}

function omittedFactors(document: Document, json: GltfJson): OmittedFactors {
  const materials = document.getRoot().listMaterials();
  const without = (factor: 'metallicFactor' | 'roughnessFactor'): Set<Material> =>
    new Set(materials.filter((_, i) => json.materials?.[i]?.pbrMetallicRoughness?.[factor] === undefined));
  return { metallic: without('metallicFactor'), roughness: without('roughnessFactor') };
}

/** Declares the extensions that stand for image types: some writers leave them out. */
function declareImageExtensions(document: Document): void {
  const types = new Set(
    document
      .getRoot()
      .listTextures()
      .map((texture) => texture.getMimeType()),
  );
  if (types.has('image/webp')) document.createExtension(EXTTextureWebP).setRequired(true);
  if (types.has('image/avif')) document.createExtension(EXTTextureAVIF).setRequired(true);
  if (types.has('image/ktx2')) document.createExtension(KHRTextureBasisu).setRequired(true);
}

/** Hands a checked glTF to the library. What it still stumbles on is the file’s fault. */
async function decode(json: GltfJson, resources: Resources): Promise<Document> {
  const draco = json.extensionsUsed?.includes(dracoName) ?? false;
  const io = await gltfIO({ draco });
  try {
    return await io.readJSON({ json: json as never, resources });
  } catch (cause) {
    if (draco) forgetDraco();
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AtlasError('file_malformed', `The glTF cannot be decoded: ${message.slice(0, 200)}.`, {
      pointer: '',
      cause,
    });
  }
}

/**
 * Reads glTF 2.0 JSON with its binary parts into a document, after checking all that the library takes on trust.
 * Nothing is fetched from outside.
 * @throws AtlasError with a JSON pointer into the glTF
 */
export async function readGltf(
  jsonBytes: Uint8Array,
  surroundings: GltfSurroundings,
  limits: SourceLimits,
): Promise<GltfSource> {
  const json = parseGltfJson(jsonBytes, limits);
  const changes = checkExtensions(json);
  checkCounts(json, limits);
  checkReferences(json);
  checkNodes(json, limits);
  const resources = resolveResources(json, surroundings, limits);
  checkBuffers(json, limits);
  checkSparse(json, resources);
  changes.push(...checkImages(json, resources, limits));
  checkDraco(json, resources, limits);
  adoptMeshopt(json);
  const document = await decode(json, resources);
  checkGeometry(document, limits);
  declareImageExtensions(document);
  return { document, changes, omitted: omittedFactors(document, json) };
}
