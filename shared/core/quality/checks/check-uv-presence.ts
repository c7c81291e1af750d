import type { Check } from '../gate-file.ts';
import { findFaults, type Measured } from './find-faults.ts';
import { slotsOf } from './textured-sets.ts';

/** Every texture has coordinates to be drawn with, and every mesh has some. */
export const checkUvPresence: Check = (file, context) => {
  const missing: Measured[] = [];
  const bare: Measured[] = [];
  file.analysis.meshes.forEach(({ surface, uvSets }, mesh) => {
    surface.parts.forEach(({ primitive, material, firstTriangle, triangles: count }, part) => {
      const wanted = material ? slotsOf(material).map(({ info }) => info.getTexCoord()) : [];
      const absent = wanted.filter((set) => !primitive.getAttribute(`TEXCOORD_${set}`));
      missing.push({
        measured: absent.length,
        pointer: `${surface.pointer}/primitives/${part}`,
        message: `The material reads TEXCOORD_${absent[0] ?? 0}, which the mesh does not have.`,
        marks: { mesh, triangles: Uint32Array.from({ length: count }, (_, t) => firstTriangle + t) },
      });
    });
    if (uvSets.length === 0) {
      bare.push({ measured: 1, pointer: surface.pointer, message: 'The mesh has no texture coordinates.' });
    }
  });
  return [...findFaults('uv_missing', file, context, missing), ...findFaults('uv_none', file, context, bare)];
};
