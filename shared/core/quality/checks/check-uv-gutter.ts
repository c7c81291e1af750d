import { distributionOf } from '../../mesh/analyse/distribution.ts';
import { none } from '../../mesh/analyse/topology.ts';
import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { texturedSets } from './textured-sets.ts';
import { trianglesWhere } from './triangles-where.ts';

/** Side of the texture that the limit is stated for: one of twice the side has a mip level more to keep apart. */
const statedForPx = 1024;

/** Charts keep so far apart that the first mip levels do not mix their colours. */
export const checkUvGutter: Check = (file, context) =>
  findFaults(
    'uv_gutter',
    file,
    context,
    texturedSets(file).flatMap(({ pointer, uv, repeats, marks }) => {
      const texels = uv.texturePx / uv.raster.sizePx;
      const { count, p5 } = distributionOf(uv.gutterPx);
      if (count === 0 || repeats) return [];
      const near = trianglesWhere(uv.charts.of, (chart) => chart !== none && uv.gutterPx[chart]! <= p5);
      return [
        {
          measured: p5 * texels,
          pointer,
          message: `Charts are ${Number((p5 * texels).toPrecision(2))} texels apart in a texture of ${uv.texturePx}.`,
          marks: marks(near),
          scale: uv.texturePx / statedForPx,
        },
      ];
    }),
  );
