import type { Check } from '../gate-file.ts';

/** Extensions that hold geometry: a target that ignores one shows another model, though the file does not require it. */
const geometry = ['EXT_mesh_gpu_instancing'];

/**
 * Extensions that the target does not read: required ones keep it from opening the file, optional ones are lost there
 * (glTF 2.0 section 3.12).
 */
export const checkExtensions: Check = ({ name: file, json }, { profile }) => {
  const required = json.extensionsRequired ?? [];
  return [...new Set([...required, ...(json.extensionsUsed ?? [])])]
    .filter((extension) => !profile.extensions.allowed.includes(extension))
    .map((extension) => {
      const isRequired = required.includes(extension);
      return {
        code: isRequired ? 'extension_not_read' : 'extension_ignored',
        severity: isRequired || geometry.includes(extension) ? ('error' as const) : ('warning' as const),
        file,
        pointer: isRequired
          ? `/extensionsRequired/${required.indexOf(extension)}`
          : `/extensionsUsed/${json.extensionsUsed?.indexOf(extension)}`,
        message: isRequired
          ? `The file needs ${extension}, which ${profile.title} does not read.`
          : `${profile.title} ignores ${extension}: what it adds will not be seen there.`,
        remedy: 'Choose another packing, or a target that reads it.',
        source: profile.extensions.source,
      };
    });
};
