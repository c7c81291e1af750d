import { describe, expect, test } from '@jest/globals';
import { gateContext, gateFile, type MeshDocumentOptions, meshDocument, sheet } from '../../../testing/gate-files.ts';
import type { Check } from '../gate-file.ts';
import { checkUvDensity } from './check-uv-density.ts';
import { checkUvGutter } from './check-uv-gutter.ts';
import { checkUvLayout } from './check-uv-layout.ts';
import { checkUvMirroring } from './check-uv-mirroring.ts';
import { checkUvOverlap } from './check-uv-overlap.ts';
import { checkUvPresence } from './check-uv-presence.ts';
import { checkUvRange } from './check-uv-range.ts';
import { checkUvStretch } from './check-uv-stretch.ts';
import { checkUvZeroArea } from './check-uv-zero-area.ts';

type Map = (u: number, v: number) => readonly [number, number];

/** Checks a sheet of 8 × 8 quads after the coordinates of its right half were changed. */
async function run(check: Check, map: Map, options: MeshDocumentOptions = {}) {
  const list = sheet();
  // Each triangle has vertices of its own, so that the halves can part.
  const positions: number[] = [];
  const uv: number[] = [];
  const indices = list.indices.map((_, i) => i);
  for (let t = 0; t < list.indices.length / 3; t++) {
    const corners = [0, 1, 2].map((k) => list.indices[t * 3 + k]!);
    const left = corners.reduce((sum, v) => sum + list.positions[v * 3]!, 0) < 0;
    for (const v of corners) {
      positions.push(...list.positions.subarray(v * 3, v * 3 + 3));
      const [x, y] = [list.uv[v * 2]!, list.uv[v * 2 + 1]!];
      uv.push(...(left ? [x, y] : map(x, y)));
    }
  }
  const document = meshDocument(
    { positions: Float32Array.from(positions), indices },
    { texturePx: 1024, uv: Float32Array.from(uv), ...options },
  );
  const file = await gateFile(document);
  return check(file, gateContext(file));
}

describe('a change of the right half of a sheet is found and measured', () => {
  test.each<[string, string, number, ...Parameters<typeof run>]>([
    ['laid on the left half', 'uv_overlap', 1, checkUvOverlap, (u, v) => [u - 0.5, v]],
    ['mirrored', 'uv_mirrored', 0.5, checkUvMirroring, (u, v) => [1.5 - u, v]],
    ['four times as narrow', 'uv_stretch', 0.5, checkUvStretch, (u, v) => [0.5 + (u - 0.5) / 4, v]],
    ['six times as small', 'uv_density_spread', 6, checkUvDensity, (u, v) => [0.5 + (u - 0.5) / 6, v / 6]],
    ['a texel away', 'uv_gutter', 1, checkUvGutter, (u, v) => [u + 1 / 1024, v]],
    ['above the picture', 'uv_out_of_range', 0.5, checkUvRange, (u, v) => [u, v - 1]],
    ['above a picture that ends', 'uv_clamped', 0.5, checkUvRange, (u, v) => [u, v - 1], { clamp: true }],
    ['on one line', 'uv_zero_area', 0.5, checkUvZeroArea, (u) => [u, 0]],
  ])('%s: %s', async (_, code, measured, ...args) => {
    const found = await run(...args);
    expect(found).toMatchObject([{ code, pointer: '/meshes/0/primitives/0/attributes/TEXCOORD_0' }]);
    expect(found[0]?.measured).toBeCloseTo(measured, 1);
    expect(found[0]?.marks).toMatchObject({ mesh: 0, uvSet: 0, triangles: expect.any(Uint32Array) });
  });

  test.each<[string, Check]>([
    ['overlap', checkUvOverlap],
    ['mirroring', checkUvMirroring],
    ['stretch', checkUvStretch],
    ['density', checkUvDensity],
    ['gutters', checkUvGutter],
    ['range', checkUvRange],
    ['area', checkUvZeroArea],
    ['seams', checkUvLayout],
    ['presence', checkUvPresence],
  ])('and a picture laid flat has no fault of %s', async (_, check) => {
    expect(await run(check, (u, v) => [u, v])).toEqual([]);
  });
});

test('a layout in shreds is said to be one, and to waste its texture', async () => {
  const list = sheet();
  const triangles = list.indices.length / 3;
  const positions = Float32Array.from([...list.indices].flatMap((v) => [...list.positions.subarray(v * 3, v * 3 + 3)]));
  const uv = Float32Array.from({ length: triangles * 6 }, (_, i) => {
    const [t, corner, axis] = [Math.floor(i / 6), Math.floor((i % 6) / 2), i % 2];
    const place = axis === 0 ? t % 16 : Math.floor(t / 16);
    return (place + (corner === (axis === 0 ? 1 : 2) ? 0.4 : 0)) / 16;
  });
  const file = await gateFile(
    meshDocument({ positions, indices: list.indices.map((_, i) => i) }, { texturePx: 1024, uv }),
  );
  const found = checkUvLayout(file, gateContext(file));
  expect(found.map(({ code, measured }) => [code, measured])).toEqual([
    ['uv_seams', 1],
    ['uv_waste', expect.closeTo(0.04, 2)],
  ]);
});

describe('coordinates that are not there', () => {
  const codes = async (options: MeshDocumentOptions) => {
    const file = await gateFile(meshDocument(sheet(), options));
    return checkUvPresence(file, gateContext(file)).map(({ code, severity }) => `${severity} ${code}`);
  };

  test('are an error where a texture needs them', async () => {
    expect(await codes({ texturePx: 16 })).toEqual(['error uv_missing', 'info uv_none']);
  });

  test('are only told of elsewhere', async () => {
    expect(await codes({})).toEqual(['info uv_none']);
  });
});
