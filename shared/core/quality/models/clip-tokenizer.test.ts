import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clipTokenizer, readMerges } from './clip-tokenizer.ts';

/** As a trained vocabulary begins: every byte by itself and at the end of a word, then what merges make, then the marks. */
const printable = [...Array(256).keys()].filter(
  (byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174,
);
const others = [...Array(256).keys()].filter((byte) => !printable.includes(byte));
const characters = [
  ...printable.map((byte) => String.fromCodePoint(byte)),
  ...others.map((_, i) => String.fromCodePoint(256 + i)),
];
const merges = readMerges(
  ['#version: 0.2', 'a t</w>', 'c at</w>', 'c a', "' s</w>", 'Ã ¤', 'r e', 're d</w>', ''].join('\n'),
);
const tokens = [
  ...characters,
  ...characters.map((one) => `${one}</w>`),
  ...merges.map((pair) => pair.join('')),
  '<|startoftext|>',
  '<|endoftext|>',
];
const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
const marks = { start: '<|startoftext|>', end: '<|endoftext|>', pad: undefined };
const tokenizer = clipTokenizer({ vocab, merges, ...marks });

const read = (text: string, length = 77): string[] => {
  const { ids, used } = tokenizer.encode(text, length);
  return ids.slice(1, used - 1).map((id) => tokens[id]!);
};

describe('CLIP’s byte-pair encoding', () => {
  test.each([
    ['joins by rank, not from the left', 'cat', ['cat</w>']],
    ['joins inside a word otherwise than at its end', 'cab', ['ca', 'b</w>']],
    ['ignores case and spaces', '  CAT \n\t Cat ', ['cat</w>', 'cat</w>']],
    ['parts words from endings', "cat's", ['cat</w>', "'s</w>"]],
    ['takes curly quotes for straight ones', 'cat’s', ['cat</w>', "'s</w>"]],
    ['takes digits one by one', 'a12', ['a</w>', '1</w>', '2</w>']],
    ['takes other signs in runs', 'red--!', ['red</w>', '-', '-', '!</w>']],
    ['spells what it does not know in bytes', 'ä', ['Ã', '¤</w>']],
    ['composes letters first', 'a\u0308b', ['Ã¤', 'b</w>']],
    ['has nothing to say to nothing', '   ', []],
  ])('%s', (_what, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('begins and ends with its marks and fills up with zeros', () => {
    const [start, end] = [vocab['<|startoftext|>'], vocab['<|endoftext|>']];
    expect(tokenizer.encode('cat', 6)).toEqual({ ids: [start, vocab['cat</w>'], end, 0, 0, 0], used: 3 });
    const padded = clipTokenizer({ vocab, merges, ...marks, pad: '<|endoftext|>' });
    expect(padded.encode('cat', 5).ids).toEqual([start, vocab['cat</w>'], end, end, end]);
  });

  test('cuts a text that is too long and keeps the end mark', () => {
    const { ids, used } = tokenizer.encode('cat '.repeat(100), 8);
    expect(ids).toHaveLength(8);
    expect(used).toBe(8);
    expect(ids[7]).toBe(vocab['<|endoftext|>']);
  });

  test('has an id for every text, and gives its letters back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const pieces = read(text, 400).join('').replaceAll('</w>', '');
        const bytes = Uint8Array.from([...pieces], (one) => [...printable, ...others][characters.indexOf(one)]!);
        const straight = text.normalize('NFC').replace(/[‘’]/g, "'").replace(/[“”]/g, '"');
        expect(Buffer.from(bytes).toString()).toBe(Buffer.from(straight.toLowerCase().replace(/\s+/gu, '')).toString());
      }),
    );
  });

  test.each([
    [
      'a vocabulary without the start mark',
      () => clipTokenizer({ vocab, merges, ...marks, start: 'start' }),
      /no start/,
    ],
    [
      'an id that is no number',
      () => clipTokenizer({ vocab: { ...vocab, '<|endoftext|>': 0.5 }, merges, ...marks }),
      /endoftext/,
    ],
    ['a line of merges that is no pair', () => readMerges('a b\na b c\n'), /Line 2/],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });

  test('refuses a text with a token that the vocabulary lacks', () => {
    const { 'b</w>': _gone, ...rest } = vocab;
    expect(() => clipTokenizer({ vocab: rest, merges, ...marks }).encode('cab', 9)).toThrow(/no b<\/w>/);
  });
});
