import { imageSize } from '../../format/image-size.ts';
import type { Check } from '../gate-file.ts';

const source = 'https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#reference-image';
const remedy = 'Export the texture again as PNG or JPEG.';

/** Every texture has an image whose header states a size, and those that show colours can be decoded to the end. */
export const checkImages: Check = ({ name: file, document, colours }) =>
  document
    .getRoot()
    .listTextures()
    .flatMap((texture, i) => {
      const image = texture.getImage();
      const pointer = `/images/${i}`;
      const finding = (message: string) => [
        { code: 'image_unreadable', severity: 'error' as const, file, pointer, message, remedy, source },
      ];
      if (!image) return finding('A texture has no image.');
      if (!imageSize(image)) return finding('An image has no header that can be read.');
      return colours.unreadable.includes(pointer)
        ? finding('An image cannot be decoded: it is cut off or broken.')
        : [];
    });
