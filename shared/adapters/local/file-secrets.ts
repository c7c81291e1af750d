import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AtlasError } from '../../errors.ts';
import type { Secrets, SecretVersion } from '../../ports/index.ts';
import { fileSecret } from './file-keys.ts';

/**
 * Secrets in a folder that only its owner reads: `<folder>/<name>/<version>`, 32 bytes in hex. The first version is made
 * when the secret is first used; a file with the next number rotates it.
 *
 * @param given - secrets that only an operator can know, such as the key of a foreign service: their files hold text as it
 * is, and none is ever made
 */
export function fileSecrets(folder: string, given: readonly string[] = []): Secrets {
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
  const read = (name: string, version: number): SecretVersion => {
    const path = join(folder, name, String(version));
    const bytes = given.includes(name) ? Buffer.from(readFileSync(path, 'utf8').trim()) : fileSecret(path);
    return { version: String(version), bytes };
  };
  return {
    async latest(name) {
      const versions = versionsOf(name);
      if (versions.length === 0 && given.includes(name)) {
        throw new AtlasError('not_found', `There is no secret ${name}: write it to ${join(folder, name, '1')}.`);
      }
      return read(name, Math.max(1, ...versions));
    },
    async version(name, version) {
      const found = versionsOf(name).find((number) => String(number) === version);
      if (found === undefined) throw new AtlasError('not_found', `${name} has no version of this name.`);
      return read(name, found);
    },
  };
}
