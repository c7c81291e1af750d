import { imageSize } from '../../format/image-size.ts';
import type { Check } from '../gate-file.ts';

/** Every texture has an image whose header states a size. */
export const checkImages: Check = ({ name: file, document }) =>
  document
    .getRoot()
    .listTextures()
    .flatMap((texture, i) => {
      const image = texture.getImage();
      if (image && imageSize(image)) return [];
      return [
        {
          code: 'image_unreadable',
          severity: 'error' as const,
          file,
          pointer: `/images/${i}`,
          message: image ? 'An image has no header that can be read.' : 'A texture has no image.',
          remedy: 'Export the texture again as PNG or JPEG.',
          source: 'https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#reference-image',
        },
      ];
    });
