import { Deflate } from 'fflate';
import type { ErrorCode } from '../errors.ts';
import { concatBytes, glbBytes, onePixelPng, pngHeader, triangleGlb, triangleGltf, zipBytes } from './builders.ts';

/** What is wrong with a file, its name, its bytes, the error's code, and its pointer where that is a promise. */
export type BrokenFile = readonly [
  name: string,
  filename: string,
  bytes: () => Uint8Array,
  code: ErrorCode,
  pointer?: string | undefined,
];

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
