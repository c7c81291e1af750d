import type { Check } from '../gate-file.ts';

/** Every index of the decoded geometry points at a vertex. The validator cannot see this in compressed files. */
export const checkIndices: Check = ({ name: file, document }) =>
  document
    .getRoot()
    .listMeshes()
    .flatMap((mesh, m) =>
      mesh.listPrimitives().flatMap((primitive, p) => {
        const indices = primitive.getIndices()?.getArray();
        const limit = (primitive.getAttribute('POSITION')?.getCount() ?? 0) - 1;
        if (!indices) return [];
        let measured = -1;
        for (let i = 0; i < indices.length; i++) if (indices[i]! > measured) measured = indices[i]!;
        if (measured <= limit) return [];
        return [
          {
            code: 'index_out_of_range',
            severity: 'error' as const,
            file,
            pointer: `/meshes/${m}/primitives/${p}/indices`,
            measured,
            limit,
            message: `An index is ${measured}; the last vertex is ${limit}.`,
            source: 'https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#meshes-overview',
          },
        ];
      }),
    );
