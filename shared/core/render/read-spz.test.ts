import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { splatBall, writeSpz } from '../../testing/splat-ball.ts';
import { readSplatFile } from './read-splat-file.ts';

const ball = splatBall(40);
const plain = writeSpz(ball);

function farthest(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('an SPZ', () => {
  test.each([
    ['plain', plain],
    ['in gzip', new Uint8Array(gzipSync(plain))],
  ])('%s gives back what was packed, to its steps', (_, bytes) => {
    const read = readSplatFile(bytes)!;
    expect(read).toMatchObject({ format: 'spz', cloud: { count: 40, degree: 0 } });
    expect(farthest(read.cloud.positions, ball.positions)).toBeLessThanOrEqual(0.5 / 4096 + 1e-7);
    expect(farthest(read.cloud.opacities, ball.opacities)).toBeLessThanOrEqual(0.5 / 255 + 1e-7);
    expect(farthest(read.cloud.scales.map(Math.log), ball.scales.map(Math.log))).toBeLessThanOrEqual(0.5 / 16 + 1e-5);
    const turned = read.cloud.rotations.map((value, i) => value * Math.sign(ball.rotations[(i & ~3) + 3]!));
    // The last part is what the others leave: steep where it is small.
    expect(farthest(turned, ball.rotations)).toBeLessThan(0.1);
  });

  test('version 3 leaves out the largest part of a rotation', () => {
    const bytes = new Uint8Array(16 + 20);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x5053474e, true);
    view.setUint32(4, 3, true);
    view.setUint32(8, 1, true);
    // Largest is x (0); then y = 0.5 √½, z = 0, w = −0.25 √½ in ten bits each, w lowest.
    view.setUint32(32, ((256 << 20) | (512 + 128)) >>> 0, true);
    const [x, y, z, w] = readSplatFile(bytes)!.cloud.rotations;
    expect(y).toBeCloseTo(0.3543, 3);
    expect(z).toBe(0);
    expect(w).toBeCloseTo(-0.1771, 3);
    expect(x).toBeCloseTo(Math.sqrt(1 - 0.3543 ** 2 - 0.1771 ** 2), 3);
  });

  test('other files are no splats', () => {
    expect(readSplatFile(new Uint8Array(gzipSync(Buffer.from('only a text, longer than a header'))))).toBeUndefined();
    expect(readSplatFile(new Uint8Array(0))).toBeUndefined();
  });

  test.each([
    ['a cut file', (bytes: Uint8Array) => bytes.slice(0, -1), 'file_truncated'],
    ['a later version', (bytes: Uint8Array) => bytes.fill(4, 4, 5), 'format_unsupported'],
    ['harmonics of degree 4', (bytes: Uint8Array) => bytes.fill(4, 12, 13), 'file_malformed'],
    ['a billion splats', (bytes: Uint8Array) => bytes.fill(64, 11, 12), 'count_over_limit'],
    ['cut gzip data', (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)).fill(255, 12, 60), 'file_malformed'],
  ])('%s is refused', (_, spoil, code) => {
    expect(() => readSplatFile(spoil(plain.slice()))).toThrow(expect.objectContaining({ code }));
  });
});

test('a packed PLY is refused by name', () => {
  const bytes = new TextEncoder().encode(
    'ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty uint packed_position\nend_header\n0000',
  );
  expect(() => readSplatFile(bytes)).toThrow(expect.objectContaining({ code: 'format_unsupported' }));
});
