import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tempFolder } from '../../testing/temp-folder.ts';
import { chromiumRenderer } from './chromium-renderer.ts';
import { findChromium } from './find-chromium.ts';

const folder = tempFolder();
const program = join(folder, 'google-chrome');
writeFileSync(program, '');
chmodSync(program, 0o755);
const path = ['', join(folder, 'nothing'), folder].join(delimiter);

test('Chromium is what CHROMIUM_PATH names, and nothing else; without it, what is on the path', () => {
  expect(findChromium({ PATH: path })).toBe(program);
  expect(findChromium({ PATH: '', CHROMIUM_PATH: program })).toBe(program);
  expect(findChromium({ PATH: path, CHROMIUM_PATH: join(folder, 'gone') })).toBeUndefined();
});

test('a renderer without its browser or its packages says which, and does not draw', async () => {
  const without = { PATH: path, ATLAS_OPTIONAL_MODULES: join(folder, 'nothing') };
  const packages = chromiumRenderer({ environment: without });
  expect(packages.missing()?.reason).toBe('playwright-core and three are not installed');
  const browser = chromiumRenderer({ environment: { ...without, CHROMIUM_PATH: '/gone' } });
  expect(browser.missing()?.reason).toBe('Chromium was not found at /gone');
  const drawing = browser.draw({ models: [], views: [], background: [0, 0, 0] });
  await expect(drawing).rejects.toMatchObject({ code: 'renderer_unavailable', message: /^Chromium was not found at/ });
});
