import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isInt64, sizeBytes, type Value } from '../value.ts';
import { valueDecoder, valueEncoder, type Wire } from './value-codec.ts';

const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter(isInt64),
    fc.double(),
    fc.string(),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', '1')), tie('value')), { maxLength: 5 })
      .map((entries) => new Map(entries)),
  ) as fc.Arbitrary<Value>,
}));

const throughJson = (values: readonly Value[]) => {
  const wires = JSON.parse(JSON.stringify(values.map(valueEncoder()))) as Wire[];
  return wires.map(valueDecoder());
};

test('every value comes back with its types, key order and bytes', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 4 }), (values) => {
      expect(throughJson(values)).toEqual(values);
    }),
  );
});

test('a part that is used twice is written once and shared again after reading', () => {
  const part: Value = ['x'.repeat(1000)];
  const [first, second] = throughJson([[part, part], new Map([['again', part]])]);
  expect((first as Value[])[0]).toBe((second as Map<string, Value>).get('again'));
  expect(JSON.stringify([[part, part], part].map(valueEncoder())).length).toBeLessThan(1200);
});

test('sizes count UTF-8 text, keys, 8 bytes a number, and 2 for each text, list and map', () => {
  const map = new Map<string, Value>([['é', [1n, 1.5, 'ab', null, new Uint8Array(3)]]]);
  expect(sizeBytes(map)).toBe(2 + 2 + (2 + 8 + 8 + (2 + 2) + 1 + (2 + 3)));
  expect(sizeBytes([[], new Map(), ''])).toBe(8);
});
