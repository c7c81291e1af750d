import type { ErrorCode } from '../errors.ts';
import { brokenArchives } from './broken-archives.ts';
import { brokenContainers } from './broken-containers.ts';
import { brokenGltf } from './broken-gltf.ts';
import { brokenGltfData } from './broken-gltf-data.ts';
import { brokenMeshFiles } from './broken-mesh-files.ts';
import { foreignFiles } from './foreign-files.ts';

/** A file that must be refused: what is wrong with it, its name, its bytes, the error's code, and its pointer if it has one. */
export type BrokenFile = readonly [
  name: string,
  filename: string,
  bytes: () => Uint8Array,
  code: ErrorCode,
  pointer?: string,
];

/** Every kind of bad file that Atlas must answer with a clear error. Rows fit `test.each`. */
export const brokenFiles: readonly BrokenFile[] = [
  ...brokenContainers,
  ...brokenGltf,
  ...brokenGltfData,
  ...brokenMeshFiles,
  ...brokenArchives,
  ...foreignFiles,
];
