import { AtlasError } from '../../../errors.ts';

export const malformed = (what: string): AtlasError =>
  new AtlasError('file_malformed', `The Zstandard data are damaged: ${what}.`, { pointer: '/zstd' });

export const truncated = (): AtlasError =>
  new AtlasError('file_truncated', 'The Zstandard data end too early.', { pointer: '/zstd' });
