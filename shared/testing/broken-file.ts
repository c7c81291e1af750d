import type { ErrorCode } from '../errors.ts';

/** What is wrong with a file, its name, its bytes, the error's code, and its pointer where that is a promise. */
export type BrokenFile = readonly [
  name: string,
  filename: string,
  bytes: () => Uint8Array,
  code: ErrorCode,
  pointer?: string | undefined,
];
