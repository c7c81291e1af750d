const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
const backslash = 0x5c;
const minus = 0x2d;
const plus = 0x2b;
const dot = 0x2e;
const hash = 0x23;

/** Characters of a number at most: no writer prints more digits than a double has. */
const longestNumber = 400;

/** Bytes of a name or a line of text that are kept. */
const longestText = 4096;

/** Powers of ten that a double holds exactly. */
const powersOfTen = Array.from({ length: 23 }, (_, i) => 10 ** i);

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** Walks over the bytes of a text file without making strings: words, numbers and lines. */
export class TextScanner {
  private readonly bytes: Uint8Array;
  private readonly continues: boolean;
  /** Place of the next byte. */
  at: number;
  /** Number of the line, from 1. */
  line = 1;

  /** `continues`: a backslash before the end of a line joins it with the next. */
  constructor(bytes: Uint8Array, options: { at?: number; continues?: boolean } = {}) {
    this.bytes = bytes;
    this.at = options.at ?? 0;
    this.continues = options.continues ?? false;
  }

  get ended(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Passes over blanks within the line. @returns true when something is left on it */
  skipBlanks(): boolean {
    for (; this.at < this.bytes.length; this.at++) {
      const byte = this.bytes[this.at] as number;
      if (byte === newline || byte === carriageReturn) return false;
      if (byte === space || byte === tab) continue;
      if (!(this.continues && byte === backslash && this.joinsLine())) return true;
    }
    return false;
  }

  /** Passes over blanks and ends of lines. @returns true when something is left in the file */
  skipSpace(): boolean {
    while (!this.skipBlanks()) {
      if (this.ended) return false;
      this.nextLine();
    }
    return true;
  }

  /** At a backslash: steps over the end of line behind it, if there is one. */
  private joinsLine(): boolean {
    let next = this.at + 1;
    if (this.bytes[next] === carriageReturn) next++;
    if (this.bytes[next] !== newline) return false;
    this.at = next;
    this.line++;
    return true;
  }

  /** Goes to the first byte of the next line; \n, \r\n and \r end one. */
  nextLine(): void {
    while (this.at < this.bytes.length) {
      const byte = this.bytes[this.at++];
      if (byte !== newline && byte !== carriageReturn) continue;
      if (byte === carriageReturn && this.bytes[this.at] === newline) this.at++;
      this.line++;
      return;
    }
  }

  /** The bytes up to the next blank or end of line, as text; empty at the end of the line. */
  word(): string {
    if (!this.skipBlanks()) return '';
    const start = this.at;
    while (this.at < this.bytes.length && (this.bytes[this.at] as number) > space) this.at++;
    return this.text(start, this.at);
  }

  /** The rest of the line without blanks around it. */
  rest(): string {
    const start = this.at;
    while (this.at < this.bytes.length && this.bytes[this.at] !== newline && this.bytes[this.at] !== carriageReturn) {
      this.at++;
    }
    return this.text(start, this.at).trim();
  }

  /** True, and one further, when the next byte is this one. */
  take(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /**
   * The next number of the line; undefined when there is none, and nothing is passed over. Up to 15 digits and powers
   * of ten up to 22 are exact without help (Clinger 1990, "How to read floating point numbers accurately"); the rest,
   * and `nan` and `inf`, take the slow way.
   */
  number(): number | undefined {
    if (!this.skipBlanks()) return undefined;
    const { bytes } = this;
    const start = this.at;
    let at = start;
    const negative = bytes[at] === minus;
    if (negative || bytes[at] === plus) at++;
    let mantissa = 0;
    let digits = 0;
    let decimals = 0;
    for (; isDigit(bytes[at] ?? 0); at++, digits++) mantissa = mantissa * 10 + (bytes[at] as number) - 0x30;
    if (bytes[at] === dot) {
      for (at++; isDigit(bytes[at] ?? 0); at++, digits++, decimals++) {
        mantissa = mantissa * 10 + (bytes[at] as number) - 0x30;
      }
    }
    const letter = (bytes[at] ?? 0) | 0x20;
    // A letter makes it an exponent or a name; a # may follow as in 1.#INF.
    const plain = digits > 0 && digits <= 15 && !(letter >= 0x61 && letter <= 0x7a) && bytes[at] !== hash;
    if (!plain) return this.slowNumber(start);
    this.at = at;
    const value = decimals > 0 ? mantissa / (powersOfTen[decimals] as number) : mantissa;
    return negative ? -value : value;
  }

  private slowNumber(start: number): number | undefined {
    let end = start;
    while (
      end < this.bytes.length &&
      end - start <= longestNumber &&
      /[-+.\w#()]/.test(String.fromCharCode(this.bytes[end] as number))
    )
      end++;
    if (end - start > longestNumber) return undefined;
    const text = this.text(start, end).toLowerCase();
    const named = /^([-+]?)(nan|inf(?:inity)?)/.exec(text) ?? /^([-+]?)1\.#(inf|ind|qnan)/.exec(text);
    const match = named ?? /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/.exec(text);
    if (!match) return undefined;
    this.at = start + match[0].length;
    if (!named) return Number(match[0]);
    if (!named[2]?.startsWith('inf')) return Number.NaN;
    return named[1] === '-' ? -Infinity : Infinity;
  }

  /** A whole number as OBJ indices are written; undefined when there is none. */
  integer(): number | undefined {
    const { bytes } = this;
    let at = this.at;
    const negative = bytes[at] === minus;
    if (negative || bytes[at] === plus) at++;
    const first = at;
    let value = 0;
    for (; isDigit(bytes[at] ?? 0); at++) value = value * 10 + (bytes[at] as number) - 0x30;
    if (at === first) return undefined;
    this.at = at;
    return negative ? -value : value;
  }

  private text(start: number, end: number): string {
    return new TextDecoder().decode(this.bytes.subarray(start, Math.min(end, start + longestText)));
  }
}
