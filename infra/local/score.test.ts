import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';
import { scoreFiles } from './score.ts';

const folder = tempFolder();
const put = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

describe('scoring local files', () => {
  test('gives a manifest for each, in their order, and keeps them where it is told', async () => {
    const good = put('-good one.glb', await writeGlb(sphereDocument({ segments: 8 })));
    const bad = put('bad.glb', 'glTF');
    const out = join(folder, 'out');
    const manifests = await scoreFiles([bad, good, bad], { out, prompt: '-- a ball' });
    expect(manifests.map(({ name, status }) => [name, status])).toEqual([
      ['bad.glb', 'not_drawn'],
      ['-good one.glb', 'scored'],
      ['bad.glb', 'not_drawn'],
    ]);
    expect(manifests[1]).toMatchObject({
      ...{ prompt: { kind: 'text' }, scores: { closed: 1, alignment: 'not_scored' } },
      notScored: expect.arrayContaining([expect.objectContaining({ part: 'alignment', code: 'no_models' })]),
    });
    expect(readdirSync(out).filter((name) => name.endsWith('.json'))).toHaveLength(2);
  });

  test.each([
    ['a missing file', () => [join(folder, 'none.glb')], {}, 'file_not_found', undefined],
    ['a folder', () => [folder], {}, 'invalid_request', undefined],
    ['no file', () => [], {}, 'invalid_request', undefined],
    ['an empty prompt', () => [put('a.glb', 'a')], { prompt: ' ' }, 'invalid_request', undefined],
    ['two prompts', () => [put('a.glb', 'a')], { prompt: 'a', promptImage: 'b' }, 'invalid_request', undefined],
    [
      'a prompt image that is none',
      () => [put('a.glb', 'a')],
      { promptImage: put('a.png', 'no picture') },
      'image_malformed',
      '/prompt',
    ],
  ])('is refused with %s, before anything runs', async (_what, paths, options, code, pointer) => {
    const refusal = { code, ...(pointer === undefined ? {} : { pointer }) };
    await expect(scoreFiles(paths(), options)).rejects.toMatchObject(refusal);
  });
});
