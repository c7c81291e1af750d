import type { SplatCloud } from '../core/render/splat-cloud.ts';
import { seededRandom } from './seeded-pictures.ts';

/** A closed ball of radius 1 of `count` opaque splats of two sizes, each turned its own way, in one grey. */
export function splatBall(count: number): SplatCloud {
  const random = seededRandom(11);
  const positions = new Float32Array(count * 3);
  const scales = new Float32Array(count * 3);
  const rotations = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    // The golden spiral: even, so that the ball is closed.
    const y = 1 - (2 * (i + 0.5)) / count;
    const angle = i * Math.PI * (3 - Math.sqrt(5));
    const r = Math.sqrt(1 - y * y);
    positions.set([r * Math.cos(angle), y, r * Math.sin(angle)], i * 3);
    const size = (i % 2 === 0 ? 0.5 : 1.5) * Math.sqrt(4 / count);
    scales.fill(Math.min(size, 0.15), i * 3, i * 3 + 3);
    const turn = random() * Math.PI;
    rotations.set([Math.sin(turn), 0, 0, Math.cos(turn)], i * 4);
  }
  return {
    count,
    positions,
    scales,
    rotations,
    opacities: new Float32Array(count).fill(0.95),
    degree: 0,
    harmonics: new Float32Array(count * 3),
  };
}

/** A cloud as an SPZ of version 2, not compressed. Twelve fraction bits; harmonics of degree 0 only. */
export function writeSpz({ count, positions, scales, rotations, opacities, harmonics }: SplatCloud): Uint8Array {
  const bytes = new Uint8Array(16 + count * 19);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x5053474e, true);
  view.setUint32(4, 2, true);
  view.setUint32(8, count, true);
  view.setUint8(13, 12);
  const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
  for (let i = 0; i < count; i++) {
    bytes[16 + count * 9 + i] = byte(opacities[i]! * 255);
    const sign = rotations[i * 4 + 3]! < 0 ? -1 : 1;
    for (let k = 0; k < 3; k++) {
      const at = i * 3 + k;
      const fixed = Math.round(positions[at]! * 4096);
      view.setUint16(16 + at * 3, fixed & 0xffff, true);
      view.setInt8(16 + at * 3 + 2, fixed >> 16);
      bytes[16 + count * 10 + at] = byte((harmonics[at]! * 0.15 + 0.5) * 255);
      bytes[16 + count * 13 + at] = byte((Math.log(scales[at]!) + 10) * 16);
      bytes[16 + count * 16 + at] = byte(rotations[i * 4 + k]! * sign * 127.5 + 127.5);
    }
  }
  return bytes;
}
