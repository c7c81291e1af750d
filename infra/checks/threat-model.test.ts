import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';

const text = readFileSync('infra/threat-model.md', 'utf8');

/** Files that it names: those with a folder as they are; a bare name lies beside the one before it. */
function namedFiles(): string[] {
  let folder = '';
  return [...text.matchAll(/`([\w./-]+\.(?:ts|mjs|yaml))`/g)].map(([, name = '']) => {
    if (!name.includes('/')) return `${folder}/${name}`;
    folder = dirname(name);
    return name;
  });
}

test('every file that the threat model names is there', () => {
  const files = namedFiles();
  expect(files.length).toBeGreaterThan(25);
  expect(files.filter((path) => !existsSync(path))).toEqual([]);
});

test('every letter of STRIDE has its rows', () => {
  const letters = [...text.matchAll(/^\| \*\*(\w)\*\*\w/gm)].map(([, letter]) => letter);
  expect(letters.join('')).toBe('STRIDE');
});
