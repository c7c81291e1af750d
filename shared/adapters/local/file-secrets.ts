import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AtlasError } from '../../errors.ts';
import type { Secrets, SecretVersion } from '../../ports/index.ts';
import { fileSecret } from './file-keys.ts';

/**
 * Secrets in a folder that only its owner reads: `<folder>/<name>/<version>`, 32 bytes in hex. The first version is made
 * when the secret is first used; a file with the next number rotates it.
 */
export function fileSecrets(folder: string): Secrets {
  const versionsOf = (name: string): number[] => {
    try {
      return readdirSync(join(folder, name))
        .filter((file) => /^[1-9]\d{0,9}$/.test(file))
        .map(Number);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  };
  const read = (name: string, version: number): SecretVersion => ({
    version: String(version),
    bytes: fileSecret(join(folder, name, String(version))),
  });
  return {
    latest: async (name) => read(name, Math.max(1, ...versionsOf(name))),
    async version(name, version) {
      const found = versionsOf(name).find((number) => String(number) === version);
      if (found === undefined) throw new AtlasError('not_found', `${name} has no version of this name.`);
      return read(name, found);
    },
  };
}
