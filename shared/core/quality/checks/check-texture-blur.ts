import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';

/** Smaller textures are icons and palettes: there is nothing to save. */
const leastPx = 128;

/** Textures hold about as much detail as their size promises. */
export const checkTextureBlur: Check = (file, context) =>
  findFaults(
    'texture_blurred',
    file,
    context,
    file.colours.textures.flatMap(({ pointer, width, height, resolution: { denoisedScale } }) => {
      if (denoisedScale === null || Math.max(width, height) < leastPx) return [];
      const size = Math.round(Math.max(width, height) * denoisedScale);
      return [
        {
          measured: denoisedScale,
          pointer,
          message: `The texture of ${width} × ${height} shows the detail of ${size}.`,
        },
      ];
    }),
  );
