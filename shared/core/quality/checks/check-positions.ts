import { readFloats } from '../../mesh/read-floats.ts';
import type { Check } from '../gate-file.ts';

/** Every decoded position is a finite number. */
export const checkPositions: Check = ({ name: file, document }) =>
  document
    .getRoot()
    .listMeshes()
    .flatMap((mesh, m) =>
      mesh.listPrimitives().flatMap((primitive, p) => {
        const accessor = primitive.getAttribute('POSITION');
        const positions = accessor ? readFloats(accessor) : new Float32Array(0);
        let measured = 0;
        for (let i = 0; i < positions.length; i++) if (!Number.isFinite(positions[i])) measured++;
        if (measured === 0) return [];
        return [
          {
            code: 'position_not_finite',
            severity: 'error' as const,
            file,
            pointer: `/meshes/${m}/primitives/${p}/attributes/POSITION`,
            measured,
            limit: 0,
            message: `${measured} coordinates are not finite numbers.`,
            source: 'https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#accessor-data-types',
          },
        ];
      }),
    );
