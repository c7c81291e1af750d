import { describe, expect, test } from '@jest/globals';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { sharp } from './images.ts';
import { present } from './present.ts';

async function sphere(segments: number): Promise<Uint8Array> {
  const document = sphereDocument({ segments, uv: true });
  document.getRoot().listMaterials()[0]!.setBaseColorFactor([0.6, 0.02, 0.02, 1]).setMetallicFactor(0);
  return writeGlb(document);
}

/** A cloud of splats as training writes it, in ASCII. */
function splatPly(count: number): Uint8Array {
  const names = ['x', 'y', 'z', 'f_dc_0', 'f_dc_1', 'f_dc_2', 'opacity', 'scale_0', 'scale_1', 'scale_2'];
  const properties = [...names, 'rot_0', 'rot_1', 'rot_2', 'rot_3'].map((name) => `property float ${name}`);
  const rows = Array.from({ length: count }, (_, i) => {
    const angle = (i / count) * 2 * Math.PI;
    return [Math.cos(angle), Math.sin(angle), 0, 1, -1, -1, 4, -2, -2, -2, 1, 0, 0, 0].join(' ');
  });
  return Buffer.from(
    ['ply', 'format ascii 1.0', `element vertex ${count}`, ...properties, 'end_header', ...rows, ''].join('\n'),
  );
}

/** Share of pixels that are not the colour of the corner. */
async function inkOf(bytes: Uint8Array): Promise<number> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let ink = 0;
  for (let i = 0; i < data.length; i += 3) {
    if ([0, 1, 2].some((k) => Math.abs(data[i + k]! - data[k]!) > 12)) ink++;
  }
  return ink / (info.width * info.height);
}

const small = { frames: 5, sizePx: 64 };

describe('pictures to show a model with', () => {
  test('are a thumbnail, a turntable that goes on for ever, a sheet, and a sheet of before and after', async () => {
    const { pictures } = await present({ bytes: await sphere(32) }, { ...small, source: { bytes: await sphere(8) } });
    expect(pictures.map(({ meta }) => [meta.name, meta.role, meta.widthPx, meta.heightPx, meta.driver])).toEqual([
      ['thumbnail', 'thumbnail', 64, 64, 'cpu'],
      ['turntable', 'turntable', 48, 48, 'cpu'],
      ['contact-sheet', 'sheet', 4 * 52 + 12, 2 * 52 + 12, 'cpu'],
      ['before-after', 'sheet', 4 * 76 + 12, 2 * 76 + 12, 'cpu'],
    ]);
    for (const { meta, bytes } of pictures) {
      expect([meta.contentType, meta.sizeBytes, meta.sha256]).toEqual([
        ...['image/webp', bytes.byteLength, sha256Hex(bytes)],
      ]);
    }
    const turntable = await sharp(pictures[1]!.bytes, { pages: -1 }).metadata();
    expect(turntable).toMatchObject({ format: 'webp', pages: 5, loop: 0, width: 48, pageHeight: 48 });
    expect(turntable.delay).toEqual(Array(5).fill(800));
    const still = await sharp(pictures[0]!.bytes).metadata();
    expect([still.width, still.height, still.pages ?? 1]).toEqual([64, 64, 1]);
    // A sphere that fills its picture but for 2 % of air covers π / 4 of it, less those 2 % twice.
    expect(await inkOf(pictures[0]!.bytes)).toBeCloseTo(Math.PI / 4, 1);
  });

  test('have the same bytes each time', async () => {
    const bytes = await sphere(16);
    const [first, second] = [await present({ bytes }, small), await present({ bytes }, small)];
    expect(first.pictures.map(({ meta }) => meta)).toEqual(second.pictures.map(({ meta }) => meta));
    expect([first.pictures.length, first.page]).toEqual([3, undefined]);
  });

  test('are drawn of splats too', async () => {
    const { pictures } = await present({ bytes: splatPly(200) }, small);
    const ink = await inkOf(pictures[0]!.bytes);
    expect(ink).toBeGreaterThan(0.05);
    expect(ink).toBeLessThan(0.6);
  });

  test.each([
    ['a file that was cut off', async () => (await sphere(8)).subarray(0, 200), 'file_truncated'],
    ['no file of 3D', async () => Buffer.from('%PDF-1.7 nothing'), 'format_unknown'],
  ])('are not made of %s', async (_, bytes, code) => {
    await expect(present({ bytes: await bytes() })).rejects.toMatchObject({ code });
  });
});
