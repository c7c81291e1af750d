import { LimitName } from '../../../schema/index.ts';
import type { Check } from '../gate-file.ts';

/** Words for each measure, and what to do when it is over. */
const words: Record<LimitName, readonly [what: string, remedy: string]> = {
  triangles: ['triangles', 'Lower convert.triangles.'],
  trianglesPerMesh: ['triangles in one mesh', 'Lower convert.triangles.'],
  vertices: ['vertices', 'Lower convert.triangles.'],
  drawCalls: ['draw calls', 'Join meshes that share a material.'],
  materials: ['materials', 'Merge materials, or bake them into one.'],
  textureSizePx: ['pixels on the longest side of a texture', 'Lower refine.textureSizePx.'],
  textureMemoryBytes: ['bytes of texture memory', 'Lower refine.textureSizePx, or use fewer textures.'],
  sizeBytes: ['bytes', 'Lower convert.textureQuality, refine.textureSizePx or convert.triangles.'],
  uvSets: ['UV sets', 'Remove the UV sets that no texture uses.'],
  jointsPerSkin: ['joints in one skin', 'Remove joints, or split the skin.'],
  openEdges: ['open edges', 'Close the holes of the mesh.'],
};

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Measures every limit that the profile states: over a hard one is an error, over an advice a warning. */
export const checkLimits: Check = ({ name: file, stats }, { profile }) =>
  LimitName.options.flatMap((name) => {
    const limit = profile.limits[name];
    const measured = stats[name];
    if (!limit || measured <= limit.max) return [];
    const [what, remedy] = words[name];
    return [
      {
        code: `limit_${snakeCase(name)}`,
        severity: limit.severity === 'hard' ? 'error' : 'warning',
        file,
        measured,
        limit: limit.max,
        message: `${measured} ${what}; ${profile.title} ${limit.severity === 'hard' ? 'allows' : 'recommends at most'} ${limit.max}.`,
        remedy,
        source: limit.note === undefined ? limit.source : `${limit.source} (${limit.note})`,
      },
    ];
  });
