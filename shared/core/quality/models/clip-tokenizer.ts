/**
 * CLIP’s byte-pair encoding: Sennrich, Haddow & Birch, “Neural machine translation of rare words with subword units” (ACL
 * 2016), over bytes as in Radford et al., “Language models are unsupervised multitask learners” (2019, section 2.2), lower
 * case, with an end-of-word mark (Radford et al., “Learning transferable visual models from natural language supervision”,
 * 2021, section 2.4).
 */
export interface ClipTokenizer {
  /** Token ids: start, text, end, then padding up to `length`. A longer text is cut; its end token stays. */
  encode(text: string, length: number): { ids: number[]; used: number };
}

export interface ClipVocabulary {
  readonly vocab: Readonly<Record<string, number>>;
  /** Pairs of tokens, the most frequent first. */
  readonly merges: readonly (readonly [string, string])[];
  readonly start: string;
  readonly end: string;
  /** Undefined: padding is 0. */
  readonly pad: string | undefined;
}

const endOfWord = '</w>';

/**
 * Each byte as one visible character: printable Latin-1 stands for itself, the others for 256 and up in their order. Only so
 * can a vocabulary be a text file.
 */
const characterOfByte: readonly string[] = (() => {
  const isPrintable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
})();

/** English endings, runs of letters, single digits, runs of anything else that is no space. */
const words = /'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu;

const pairKey = (a: string, b: string): string => `${a} ${b}`;

/** `merges.txt`: a line of version, then pairs. @throws RangeError that names a line with no pair */
export function readMerges(text: string): [string, string][] {
  const lines = text.split(/\r?\n/);
  const pairs: [string, string][] = [];
  for (const [at, line] of lines.entries()) {
    if (line === '' || (at === 0 && line.startsWith('#version'))) continue;
    const [first, second, ...rest] = line.split(' ');
    if (!first || !second || rest.length > 0) throw new RangeError(`Line ${at + 1} of the merges is no pair.`);
    pairs.push([first, second]);
  }
  return pairs;
}

/** @throws RangeError when the vocabulary lacks a special token, or ids are no whole numbers */
export function clipTokenizer({ vocab, merges, start, end, pad }: ClipVocabulary): ClipTokenizer {
  const idOf = (token: string): number => {
    const id = Object.hasOwn(vocab, token) ? vocab[token] : undefined;
    if (id === undefined || !Number.isInteger(id) || id < 0) throw new RangeError(`The vocabulary has no ${token}.`);
    return id;
  };
  const [startId, endId, padId] = [idOf(start), idOf(end), pad === undefined ? 0 : idOf(pad)];
  const ranks = new Map(merges.map(([a, b], rank) => [pairKey(a, b), rank]));

  /** Joins the pair that was most frequent in training, until none is left. */
  function piecesOf(word: string): string[] {
    const bytes = [...new TextEncoder().encode(word)];
    let pieces = bytes.map((byte, i) => characterOfByte[byte]! + (i === bytes.length - 1 ? endOfWord : ''));
    while (pieces.length > 1) {
      const ranked = pieces.slice(1).map((piece, i) => ranks.get(pairKey(pieces[i]!, piece)) ?? Infinity);
      const best = Math.min(...ranked);
      if (best === Infinity) break;
      const joined: string[] = [];
      for (let i = 0; i < pieces.length; i++) {
        const isPair = i + 1 < pieces.length && ranked[i] === best;
        joined.push(isPair ? pieces[i]! + pieces[i + 1]! : pieces[i]!);
        if (isPair) i++;
      }
      pieces = joined;
    }
    return pieces;
  }

  return {
    encode(text, length) {
      // Composed letters and straight quotes, as the texts that CLIP was trained on.
      const straight = text.normalize('NFC').replace(/[‘’]/g, "'").replace(/[“”]/g, '"');
      const clean = straight.replace(/\s+/gu, ' ').trim().toLowerCase();
      const ids: number[] = [];
      for (const [word] of clean.matchAll(words)) {
        if (ids.length >= length - 2) break;
        ids.push(...piecesOf(word).map(idOf));
      }
      const kept = [startId, ...ids.slice(0, length - 2), endId];
      return { ids: [...kept, ...Array<number>(length - kept.length).fill(padId)], used: kept.length };
    },
  };
}
