import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRelated } from './read-related.ts';

const type = 'multipart/related; boundary=xYz';
const body = (bytes: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from('--xYz\r\nContent-Type: application/json\r\n\r\n{"name":"a"}\r\n--xYz\r\nContent-Type: text/x\r\n\r\n'),
    bytes,
    Buffer.from('\r\n--xYz--'),
  ]);

async function read(whole: Buffer, pieceBytes: number, contentType = type) {
  async function* pieces() {
    for (let at = 0; at < whole.length; at += pieceBytes) yield whole.subarray(at, at + pieceBytes);
  }
  const written: Buffer[] = [];
  const head = await readRelated(pieces(), contentType, async (bytes) => void written.push(Buffer.from(bytes)));
  return { ...head, bytes: Buffer.concat(written) };
}

describe('readRelated', () => {
  test('gives the document and every byte, however the body is cut', async () => {
    // Bytes that resemble delimiters come often.
    const tricky = fc
      .array(fc.constantFrom('\r', '\n', '-', 'x', 'xY', '\r\n--xY', '--', ' '), { maxLength: 12 })
      .map((parts) => Buffer.from(parts.join('')));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(tricky, fc.uint8Array({ maxLength: 40 })),
        fc.integer({ min: 1, max: 60 }),
        async (bytes, cut) => {
          const { resource, contentType, bytes: got } = await read(body(bytes), cut);
          expect([resource, contentType, got.equals(bytes)]).toEqual([{ name: 'a' }, 'text/x', true]);
        },
      ),
    );
  });

  test.each([
    ['names no boundary', body(Buffer.from('x')), 'multipart/related'],
    ['ends without its boundary', body(Buffer.from('x')).subarray(0, -9), type],
    ['has no second part', Buffer.from('--xYz\r\n\r\n{}\r\n--xYz--'), type],
    ['has no object for metadata', Buffer.from('--xYz\r\n\r\n1\r\n--xYz\r\n\r\nx\r\n--xYz--'), type],
  ])('refuses a body that %s', async (_case, whole, contentType) => {
    await expect(read(whole, 7, contentType)).rejects.toMatchObject({ status: 400 });
  });
});
