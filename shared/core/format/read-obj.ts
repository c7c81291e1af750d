import { Document, type Material } from '@gltf-transform/core';
import { AtlasError } from '../../errors.ts';
import type { Change } from '../../schema/index.ts';
import { type ObjRun, parseObj } from './parse-obj.ts';
import { checkSoup, linearColours, soupPrimitive } from './polygon-soup.ts';
import { type MtlMaterial, readMtl } from './read-mtl.ts';
import type { SourceLimits } from './source-limits.ts';
import { type SurroundingFiles, textureLoader } from './texture-loader.ts';

function readMaterialFiles(
  names: readonly string[],
  { findFile }: SurroundingFiles,
  changes: Change[],
): Map<string, MtlMaterial> {
  const materials = new Map<string, MtlMaterial>();
  for (const name of new Set(names)) {
    const bytes = findFile?.(name);
    if (bytes) for (const [key, material] of readMtl(bytes)) materials.set(key, material);
    else changes.push({ code: 'materials_missing', message: `The material file ${name} is not with the model.` });
  }
  return materials;
}

function makeMaterial(
  document: Document,
  name: string,
  source: MtlMaterial | undefined,
  load: ReturnType<typeof textureLoader>,
): Material {
  const material = document
    .createMaterial(name || 'default')
    .setMetallicFactor(0)
    .setRoughnessFactor(1);
  if (!source) return material;
  const { baseColour, emissive, roughness, metallic, baseColourMap, emissiveMap, normalMap } = source;
  const map = baseColourMap ? load(baseColourMap) : undefined;
  // A map stands in for the diffuse colour; writers put anything beside it.
  material.setBaseColorFactor(map ? [1, 1, 1, baseColour[3]] : baseColour).setBaseColorTexture(map ?? null);
  material.setRoughnessFactor(roughness).setMetallicFactor(metallic);
  if (baseColour[3] < 1) material.setAlphaMode('BLEND');
  const glow = emissiveMap ? load(emissiveMap) : undefined;
  material.setEmissiveFactor(glow ? [1, 1, 1] : emissive).setEmissiveTexture(glow ?? null);
  if (normalMap) material.setNormalTexture(load(normalMap) ?? null);
  return material;
}

/** Runs by object, then by material: one mesh and one primitive each. */
function group(runs: readonly ObjRun[]): Map<string, Map<string, number[]>> {
  const objects = new Map<string, Map<string, number[]>>();
  for (const [i, run] of runs.entries()) {
    const materials = objects.get(run.object) ?? new Map<string, number[]>();
    objects.set(run.object, materials);
    const members = materials.get(run.material) ?? [];
    members.push(i);
    materials.set(run.material, members);
  }
  return objects;
}

function checkGroups(objects: ReturnType<typeof group>, limits: SourceLimits): void {
  const materials = new Set([...objects.values()].flatMap((parts) => [...parts.keys()]));
  for (const [name, count] of [
    ['meshes', objects.size],
    ['materials', materials.size],
  ] as const) {
    if (count <= limits[name]) continue;
    throw new AtlasError('count_over_limit', `The file has ${count} ${name}; the limit is ${limits[name]}.`, {
      pointer: `/${name}`,
    });
  }
}

/**
 * Reads an OBJ: polygons triangulated, colours behind the coordinates made linear, objects as meshes, materials as
 * primitives. Material files and textures come from the archive around it; what is missing is reported.
 * @throws file_malformed, index_out_of_range, position_not_finite, no_triangles, count_over_limit, image_too_large
 */
export function readObj(bytes: Uint8Array, files: SurroundingFiles): { document: Document; changes: Change[] } {
  const { soup, runs, materialFiles } = parseObj(bytes, files.limits);
  checkSoup(soup, files.limits, { point: '/vertices', face: '/faces' });
  const changes: Change[] = [];
  const sources = readMaterialFiles(materialFiles, files, changes);
  const document = new Document();
  const load = textureLoader(document, files, changes);
  const colours = soup.colours && linearColours(soup.colours);
  if (colours) {
    const message = 'Vertex colours were turned from sRGB to linear, as glTF keeps them.';
    changes.push({ code: 'colours_linearised', message, count: colours.length / 3 });
  }
  const firstCorners = new Uint32Array(soup.sizes.length + 1);
  for (const [f, size] of soup.sizes.entries()) firstCorners[f + 1] = (firstCorners[f] as number) + size;
  const facesOf = function* (members: readonly number[]) {
    for (const member of members) {
      const end = runs[member + 1]?.firstFace ?? soup.sizes.length;
      for (let f = (runs[member] as ObjRun).firstFace; f < end; f++) {
        yield [firstCorners[f] as number, soup.sizes[f] as number] as const;
      }
    }
  };
  const objects = group(runs);
  checkGroups(objects, files.limits);
  const materials = new Map<string, Material>();
  const scene = document.createScene('scene');
  document.getRoot().setDefaultScene(scene);
  for (const [object, parts] of objects) {
    const mesh = document.createMesh(object || 'model');
    for (const [name, members] of parts) {
      const material = materials.get(name) ?? makeMaterial(document, name, sources.get(name), load);
      materials.set(name, material);
      const primitive = soupPrimitive(document, soup, facesOf(members), { material, colours });
      if (primitive) mesh.addPrimitive(primitive);
    }
    if (mesh.listPrimitives().length === 0) mesh.dispose();
    else scene.addChild(document.createNode(mesh.getName()).setMesh(mesh));
  }
  return { document, changes };
}
