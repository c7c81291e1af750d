import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fillComputed, readValue } from './fill-computed.ts';
import { decode, Extension, encode, notKnown } from './msgpack.ts';

/** JSON without -0, which an integer cannot say. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

test('what is encoded is decoded to the same', () => {
  fc.assert(fc.property(json, (value) => expect(decode(encode(value))).toEqual(value)));
});

test.each<[string, number[], unknown]>([
  ['small numbers', [0x07], 7],
  ['negative numbers', [0xff], -1],
  ['16-bit numbers', [0xcd, 0x01, 0x00], 256],
  ['doubles', [0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
  ['short text', [0xa2, 0x6f, 0x6b], 'ok'],
  ['longer text', [0xd9, 0x02, 0x6f, 0x6b], 'ok'],
  ['short lists', [0x92, 0xc3, 0xc0], [true, null]],
  ['short maps', [0x81, 0xa1, 0x61, 0x01], { a: 1 }],
])('%s are read in the form in which others write them', (_case, bytes, value) => {
  expect(decode(Buffer.from(bytes))).toEqual(value);
});

test('a value that is not known stays so, with what is known about it', () => {
  const refined = new Extension(12, Buffer.from([0x81, 0x01, 0xc2]));
  expect(decode(encode({ plain: notKnown, refined }))).toEqual({ plain: notKnown, refined });
});

test('bytes that are no MessagePack are refused', () => {
  expect(() => decode(Buffer.from([0xc1]))).toThrow(RangeError);
});

const schema = {
  attributes: {
    id: { type: 'string', computed: true, optional: false, required: false },
    name: { type: 'string', computed: false, optional: false, required: true },
    number: { type: 'string', computed: true, optional: true, required: false },
  },
  block_types: { inner: { block: { attributes: { link: { type: 'string', computed: true } }, block_types: {} } } },
};

test('only computed attributes that nobody has set become unknown, in blocks, too', () => {
  expect(fillComputed(schema, { id: null, name: null, number: '7', inner: [{ link: null }] })).toEqual({
    id: notKnown,
    name: null,
    number: '7',
    inner: [{ link: notKnown }],
  });
});

test('what is being destroyed stays nothing', () => {
  expect(fillComputed(schema, null)).toBeNull();
});

test('a data source reads values of the right types', () => {
  expect(fillComputed(schema, { id: null, name: 'n', number: null, inner: [] }, readValue)).toEqual({
    id: 'read-id',
    name: 'n',
    number: '123456789012',
    inner: [],
  });
});
