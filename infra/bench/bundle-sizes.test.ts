import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { tempFolder } from '../../shared/testing/temp-folder.ts';
import { bundleSizes } from './bundle-sizes.ts';

const folder = tempFolder();

test('a bundle is weighed by when its files are read, however many chunks lie between', async () => {
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write('shared.js', `export const shared = '${'s'.repeat(5000)}';`);
  write('middle.js', "import { shared } from './shared.js'; export const middle = () => [shared];");
  write('late.js', `import { middle } from './middle.js'; export const late = [middle(), '${'l'.repeat(3000)}'];`);
  write(
    'index.js',
    "import { middle } from './middle.js'; export const f = async () => [middle(), await import('./late.js')];",
  );
  write('thread.js', `import { middle } from './middle.js'; console.log(middle(), '${'t'.repeat(2000)}');`);
  await build({
    entryPoints: { index: join(folder, 'index.js'), thread: join(folder, 'thread.js') },
    outdir: join(folder, 'out'),
    outExtension: { '.js': '.mjs' },
    ...{ bundle: true, splitting: true, format: 'esm', minifyWhitespace: true, platform: 'node' },
  });
  const { ownBytes, sharedBytes, laterBytes } = bundleSizes(join(folder, 'out'));
  expect(ownBytes).toBeLessThan(1000);
  expect(Math.floor(sharedBytes / 1000)).toBe(5);
  expect(Math.floor(laterBytes / 1000)).toBe(5);
});
