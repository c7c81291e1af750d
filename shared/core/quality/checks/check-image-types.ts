import { imageSize } from '../../format/image-size.ts';
import type { Check } from '../gate-file.ts';

/** Every image is of a type that the target reads, told by its bytes and not by its label. */
export const checkImageTypes: Check = ({ name: file, document }, { profile }) =>
  document
    .getRoot()
    .listTextures()
    .flatMap((texture, i) => {
      const image = texture.getImage();
      const type = (image && imageSize(image)?.mimeType) ?? texture.getMimeType();
      if (profile.imageTypes.allowed.includes(type)) return [];
      return [
        {
          code: 'image_type_not_read',
          severity: 'error' as const,
          file,
          pointer: `/images/${i}`,
          message: `An image is ${type || 'of no known type'}, which ${profile.title} does not read.`,
          remedy: `Use ${profile.imageTypes.allowed.join(' or ')}.`,
          source: profile.imageTypes.source,
        },
      ];
    });
