import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { counted, percent } from './phrases.ts';

/** Fewer used texels are a palette, which is flat by design. */
const leastTexels = 32 * 32;

/** Textures hold more than one colour, and are not washed out. */
export const checkTextureColour: Check = (file, context) => {
  const textures = file.colours.textures.filter(({ flatness }) => flatness.texels > leastTexels);
  return [
    ...findFaults(
      'texture_flat',
      file,
      context,
      textures.map(({ pointer, flatness: { entropyBits, colours } }) => ({
        measured: entropyBits,
        pointer,
        message: `The texture holds ${counted(colours, 'colour')}, ${Number(entropyBits.toPrecision(2))} bits of luma.`,
      })),
    ),
    ...findFaults(
      'texture_pale',
      file,
      context,
      textures.map(({ pointer, flatness: { paleShare } }) => ({
        measured: paleShare,
        pointer,
        message: `${percent(paleShare)} of the texture is pale: bright, with hardly any colour.`,
      })),
    ),
  ];
};
