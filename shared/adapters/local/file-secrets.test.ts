import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { secretsContract } from '../../testing/contracts/secrets-contract.ts';
import { fileSecrets } from './file-secrets.ts';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-secrets-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

secretsContract('a folder', async () => {
  const folder = newFolder();
  await fileSecrets(folder).latest('one');
  await fileSecrets(folder).latest('other');
  return {
    open: () => fileSecrets(folder),
    async add(name, bytes) {
      const next = readdirSync(join(folder, name)).length + 1;
      writeFileSync(join(folder, name, String(next)), Buffer.from(bytes).toString('hex'), { mode: 0o600 });
    },
  };
});

test('a secret is made when it is first used, and only its owner reads it', async () => {
  const folder = newFolder();
  await fileSecrets(folder).latest('fresh');
  expect(readdirSync(folder)).toEqual(['fresh']);
  expect(readdirSync(join(folder, 'fresh'))).toEqual(['1']);
  expect(statSync(join(folder, 'fresh', '1')).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'fresh')).mode & 0o077).toBe(0);
});

test('asking for a version never makes one', async () => {
  const folder = newFolder();
  await expect(fileSecrets(folder).version('fresh', '1')).rejects.toMatchObject({ code: 'not_found' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a secret that only an operator knows is read as text and never made', async () => {
  const folder = newFolder();
  const secrets = fileSecrets(folder, ['vision-key']);
  await expect(secrets.latest('vision-key')).rejects.toMatchObject({ code: 'not_found' });
  expect(readdirSync(folder)).toEqual([]);
  mkdirSync(join(folder, 'vision-key'));
  writeFileSync(join(folder, 'vision-key', '1'), 'sk-old\n');
  writeFileSync(join(folder, 'vision-key', '2'), 'sk-new\n');
  expect(Buffer.from((await secrets.latest('vision-key')).bytes).toString()).toBe('sk-new');
  expect(Buffer.from((await secrets.version('vision-key', '1')).bytes).toString()).toBe('sk-old');
});
