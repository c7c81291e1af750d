import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findOptional, loadOptional, missingOptional } from './optional-module.ts';
import { tempFolder } from './testing/temp-folder.ts';

const folder = tempFolder();
const three = join(folder, 'node_modules', 'three');
mkdirSync(three, { recursive: true });
writeFileSync(
  join(three, 'package.json'),
  '{"name":"three","main":"index.js","exports":{".":"./index.js","./core":"./core.js"}}',
);
writeFileSync(join(three, 'index.js'), 'module.exports = { whole: true };');
writeFileSync(join(three, 'core.js'), 'module.exports = { core: true };');
const here = { ATLAS_OPTIONAL_MODULES: folder };

describe('a package that may be missing', () => {
  test('is found and loaded from the folder that the operator names', () => {
    expect(findOptional('three', here)).toBe(three);
    expect(loadOptional('three', '', here)).toEqual({ whole: true });
    expect(loadOptional('three', 'core', here)).toEqual({ core: true });
  });

  test('is named with the command that installs it', () => {
    const names = ['three', 'nsfwjs'] as const;
    const elsewhere = { ATLAS_OPTIONAL_MODULES: join(folder, 'nothing') };
    expect(missingOptional(['three'], here)).toBeUndefined();
    expect(missingOptional(names, here)).toEqual({
      reason: 'nsfwjs is not installed',
      remedy: 'Run npm install --no-save --prefix DIR nsfwjs@4.4.0 and set ATLAS_OPTIONAL_MODULES=DIR.',
    });
    expect(missingOptional(names, elsewhere)?.reason).toBe('three and nsfwjs are not installed');
    expect(() => loadOptional('nsfwjs', '', elsewhere)).toThrow('nsfwjs is not installed');
  });
});
