import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { AtlasError } from '../../shared/errors.ts';
import type { ModelRenderer, ModelViews } from '../../shared/ports/index.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';
import { presentFile } from './present-file.ts';

const small = { frames: 3, sizePx: 32 };
const folder = tempFolder();
const path = join(folder, 'ball.glb');
writeFileSync(path, await writeGlb(sphereDocument({ segments: 8, uv: true })));

const refuse = async (): Promise<never> => {
  throw new AtlasError('internal', 'It was asked to draw.');
};
const refuseToTell = (): never => {
  throw new AtlasError('internal', 'It was looked at.');
};
const absent: ModelRenderer = {
  missing: () => ({ reason: 'Chromium was not found', remedy: 'Install it.' }),
  draw: refuse,
};
const failing = (code: 'work_timeout' | 'renderer_unavailable' | 'cancelled'): ModelRenderer => ({
  missing: () => undefined,
  draw: async () => {
    throw new AtlasError(code, 'Chromium did not do it.');
  },
});

/** Draws plain pictures, and keeps what it was asked for. */
function plain(asked: ModelViews[]): ModelRenderer {
  return {
    missing: () => undefined,
    draw: async (input) => {
      asked.push(input);
      return input.views.map(({ sizePx }) => ({
        ...{ width: sizePx, height: sizePx, data: new Uint8Array(sizePx * sizePx * 4).fill(255) },
      }));
    },
  };
}

test('a renderer that is there draws every view of one staging, and is named', async () => {
  const asked: ModelViews[] = [];
  const shown = await presentFile(path, { ...small, sourcePath: path, renderer: plain(asked) });
  expect([shown.driver, shown.reason]).toEqual(['chromium', 'It was found']);
  expect(asked.map(({ models, views }) => [models.length, views.length])).toEqual([[2, 1 + 3 + 8 + 4 + 4]]);
  expect(new Set(shown.pictures.map(({ meta }) => meta.driver))).toEqual(new Set(['chromium']));
  expect(shown.page).toContain('Drawn by three.js in Chromium.');
});

test.each([
  ['is not there', absent, 'Chromium was not found'],
  ['takes too long', failing('work_timeout'), 'Chromium did not do it'],
  ['fails', failing('renderer_unavailable'), 'Chromium did not do it'],
])('the CPU draws and says why when a renderer %s', async (_, renderer, reason) => {
  const shown = await presentFile(path, { ...small, renderer });
  expect([shown.driver, shown.reason, shown.page]).toEqual(['cpu', reason, undefined]);
  expect(new Set(shown.pictures.map(({ meta }) => meta.driver))).toEqual(new Set(['cpu']));
});

test.each([
  ['is not there', absent, 'renderer_unavailable', 'Chromium was not found. Install it.'],
  ['takes too long', failing('work_timeout'), 'work_timeout', 'Chromium did not do it.'],
])('a renderer that was asked for and %s is an error', async (_, renderer, code, message) => {
  await expect(presentFile(path, { ...small, renderer, driver: 'chromium' })).rejects.toMatchObject({ code, message });
});

test('what was cancelled is not drawn on the CPU instead', async () => {
  await expect(presentFile(path, { ...small, renderer: failing('cancelled') })).rejects.toMatchObject({
    code: 'cancelled',
  });
});

test('the CPU draws without a look at the renderer when it was asked for', async () => {
  const renderer: ModelRenderer = { missing: refuseToTell, draw: refuse };
  const shown = await presentFile(path, { ...small, renderer, driver: 'cpu' });
  expect([shown.driver, shown.reason]).toEqual(['cpu', 'It was asked for']);
});
