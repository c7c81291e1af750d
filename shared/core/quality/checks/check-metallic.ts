import type { GLTF } from '@gltf-transform/core';
import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';

/** Shading models that do not read metallic. */
const otherShading = ['KHR_materials_unlit', 'KHR_materials_pbrSpecularGlossiness'];

function isOmitted({ pbrMetallicRoughness: pbr, extensions }: GLTF.IMaterial): boolean {
  if (otherShading.some((name) => extensions?.[name] !== undefined)) return false;
  return pbr?.metallicFactor === undefined && pbr?.metallicRoughnessTexture === undefined;
}

/** No material is metal only because nothing says that it is not (glTF 2.0, reference of metallicFactor: default 1). */
export const checkMetallic: Check = (file, context) => {
  const { materials = [], meshes = [] } = file.json;
  const primitives = meshes.flatMap((mesh, m) => mesh.primitives.map((primitive, p) => ({ primitive, m, p })));
  const bare = primitives.find(({ primitive }) => primitive.material === undefined);
  return findFaults('metallic_by_omission', file, context, [
    ...materials.map((material, i) => ({
      measured: isOmitted(material) ? 1 : 0,
      pointer: `/materials/${i}`,
      message: 'The material says nothing of metal, so it is drawn as metal.',
    })),
    ...(bare
      ? [
          {
            measured: 1,
            pointer: `/meshes/${bare.m}/primitives/${bare.p}`,
            message: 'A mesh has no material; glTF then draws it as rough metal.',
          },
        ]
      : []),
  ]);
};
