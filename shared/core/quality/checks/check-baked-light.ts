import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';

/** Brightest over darkest side below this is no light that one would notice. */
const leastContrast = 2.5;

/** No light is painted into the base colour. A weak check: see its reason. */
export const checkBakedLight: Check = (file, context) =>
  findFaults(
    'baked_light',
    file,
    context,
    file.colours.textures.flatMap(({ pointer, light }) => {
      if (!light || light.r2 === null || light.contrast < leastContrast) return [];
      const [x, y, z] = light.direction.map((value) => Number(value.toFixed(1)));
      return [
        {
          measured: light.r2,
          pointer,
          message: `Brightness follows a light from (${x}, ${y}, ${z}), ${Number(light.contrast.toPrecision(2))} times brighter on its side.`,
        },
      ];
    }),
  );
