import { brokenArchives } from './broken-archives.ts';
import { brokenContainers } from './broken-containers.ts';
import { brokenGltf } from './broken-gltf.ts';
import { brokenGltfData } from './broken-gltf-data.ts';
import { brokenMeshFiles } from './broken-mesh-files.ts';
import { foreignFiles } from './foreign-files.ts';

/**
 * Every kind of bad file that Atlas must answer with a clear error. Rows fit `test.each`: all have five columns, for
 * jest hands a `done` callback to a test that takes more arguments than its row has.
 */
export const brokenFiles = [
  ...brokenContainers,
  ...brokenGltf,
  ...brokenGltfData,
  ...brokenMeshFiles,
  ...brokenArchives,
  ...foreignFiles,
].map(([name, filename, bytes, code, pointer]) => [name, filename, bytes, code, pointer] as const);
