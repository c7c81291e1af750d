import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AtlasError } from '../../../errors.ts';
import { unpackZstd } from './unpack-zstd.ts';

/** What the reference implementation was given for the bytes below. */
function words(): string {
  const list = ['mesh', 'splat', 'surface', 'edge', 'of', 'the', 'opacity', 'scale', 'and', 'texture'];
  let seed = 7;
  const next = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  const word = (): string => list[next() % list.length]! + (next() % 7 === 0 ? String(next() % 1000) : '');
  return Array.from({ length: 900 }, word).join(' ');
}

/** zstd 1.5.4, level 19, of `words()`: packed weights, four streams of literals, tables of its own, repeated offsets. */
const packed = [
  'KLUv/WSdFC0lAOZYOhaQq9ioINi32Lcz4v/nrty0ueWY/R/EQQAvAC8Avfvl9dPeuadCMuttaMPjk3qTQlgQZdFYHMoSQCQIgaEc',
  'kMdSACSKhDIIKDimABLBosFAlsSgYCCCBIK4VwwJgBHU+lxJ/kyZVecIn0Y0DZrI0HZLwpPTsK6vRMTr0VD1R7WPT8I8ExpbAkuz',
  '+9AcG5NYP+32pI4NrXJMaVWtetqcNpqsMpmPd/YsSnSZrK7IiCYTW3Y/JLx6KW+c9U9l7+XPk63Jm6kqvdQ3C+1X2uYie3sj4isN',
  '8TVkg54q2niZlLU5u2ufRmqvdDcVgdqoscqtGoWNMTEIAUNxJLSaeiEIxJEIJI5oMkLSpJDGd6w8DfEP2mydQc6tlzCSiEWoO9+K',
  'MJ/f/X4fA7btM+1fXwWkjhledkRzy8ltLofV74ThaV5byLnsvBm4eI1eDjeblwU+UgvZ1cESt7IAJUYaisflKJyGL378jnuJlkx6',
  'xo1wHCJ/HB+Y/dDSHjQRQU46vBaJZYU0s/E/fjw/mUEdkxRgvGKShRN8GGPcCNlZccIu0pQzACHNQh9BzJnfX+9XpYTfZcHimk4p',
  'Sdwwd0pvCjl4+qvpDeg3GNytYsvUczPqY1OMeVTy4MugWlFf84Ad/3BdNjDWaB8egSkPn54zpmcK7bp8EI9gKo9/M9+9WryuC1/D',
  'LczPO/bxeqg6erwvS/ReBFWHD82br95+dV6NrHx/+7HATGmDOuyvZHw9a4WgJlMWeSZazqL5rrmWp/X6yOMAJutM2/0ZSqKb2AG5',
  '8HBHF+tV6OFEQDWZyoPLRaODL+0RGSFiNf3OYNw/N5BiOVANy9IRLEuQSIBoMKQEw9sxZOA6WxeAQXN5/p7AmjEZCyFbQYOyCYrF',
  '4eY0uzd+dgU0s+By0LQz43fttm4hlfxRskb0IWQAa39aJryrJepqNg815LOG+vxtl0lCAmcl7Es+lYg5Ji/wNihi6pddURr3MFir',
  'XcTS5JE4UUadD9vIi5KjTucdhnbn9W2AwwOLlcakHlCK+oQ1p+xDn2jteUxz9AUC9AcSsiZyxZnMw+EXilzUuHnYKvvfcMAT4mTy',
  'dprb4o7Q6OQPbBl29XvsKOnRxRB9ShAFCQLFs4WiZUw1j/smiWVf6U40E6ti7SbJHfpbcx7J6N0RikaBPCpcvnbrTGnkgeNsMPCZ',
  'H4tg/mU9Msho+e13AZUzKz9C4vDPXvCjXO42mvPrPfPCwQ6Q2dWoVEqby8GlD+63bp1307Kxjl4gDn0B2o9vBTjB6URq5HbCH3JG',
  'chTsalRQzPwwMvMbrKdeCIYZXgji1D4IZLeY9P2uhWspmECk9UMVEID2vJOdkkHHiQzhF5BFlFBOKUnoQ6rzu2bTZxsH0fUxAleW',
  'kvUQyQX8VAZCmU25EyVo2JkZPuwqEL5BjRTtrn7WEH9EtcGt3Quyi/Zs98TuhXI2CwGyvn4rw9gCkgEXqwXgCITC36I7YE1E1Whj',
  'UgExiwihFRbnUG/0aDto5ERa+zA7Liyj5C6u76e9FmLp/H1X5A44RV9yyOaOnuINv4yR3dAB8WXQcYMssi0B4T+qZqYIU0UroAJJ',
  'oj32',
].join('');
const bytes = new Uint8Array(Buffer.from(packed, 'base64'));

const frame = (...blocks: number[][]): Uint8Array => Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, ...blocks.flat()]);
const block = (kind: number, size: number, last: boolean, ...content: number[]): number[] => {
  const head = (size << 3) | (kind << 1) | (last ? 1 : 0);
  return [head & 255, (head >> 8) & 255, head >> 16, ...content];
};

describe('unpackZstd', () => {
  test('unpacks what the reference implementation packed', () => {
    expect(Buffer.from(unpackZstd(bytes, 1e6)).toString()).toBe(words());
  });

  test('plain and repeated bytes, several frames, and frames to be passed over', () => {
    const one = frame(block(0, 3, false, 1, 2, 3), block(1, 4, true, 9));
    const skipped = [0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7];
    const all = Uint8Array.from([...one, ...skipped, ...one]);
    expect([...unpackZstd(all, 100)]).toEqual([1, 2, 3, 9, 9, 9, 9, 1, 2, 3, 9, 9, 9, 9]);
  });

  test('an empty frame holds nothing', () => {
    expect(unpackZstd(frame(block(0, 0, true)), 10)).toHaveLength(0);
  });

  test.each([
    ['more than is allowed', () => unpackZstd(bytes, 1000), 'file_too_large'],
    ['a repetition of more than is allowed', () => unpackZstd(frame(block(1, 2000, true, 1)), 1000), 'file_too_large'],
    ['no frame', () => unpackZstd(new Uint8Array(20), 1000), 'file_malformed'],
    ['a cut file', () => unpackZstd(bytes.slice(0, 700), 1e6), 'file_truncated'],
    ['three bytes', () => unpackZstd(bytes.slice(0, 3), 1e6), 'file_truncated'],
    ['a reserved kind of block', () => unpackZstd(frame(block(3, 1, true, 0)), 1000), 'file_malformed'],
    [
      'a dictionary',
      () => unpackZstd(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0, 0, 0, 0), 1000),
      'format_unsupported',
    ],
  ])('refuses %s', (_, unpack, code) => {
    expect(unpack).toThrow(expect.objectContaining({ code }));
  });

  test('damage ends in an error or in other bytes, never in anything else', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        try {
          expect(unpackZstd(damaged, 1e5).length).toBeLessThanOrEqual(1e5);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AtlasError);
        }
      }),
      { numRuns: 500, seed: 5 },
    );
  });
});
