// MessagePack as Terraform uses it for values: the plain kinds, and extensions, of which kind 0 stands for "not known yet".
// https://github.com/msgpack/msgpack/blob/master/spec.md

/** An extension kept as it came: an unknown value, with or without what is known about it. */
export class Extension {
  readonly kind: number;
  readonly bytes: Uint8Array;
  constructor(kind: number, bytes: Uint8Array) {
    this.kind = kind;
    this.bytes = bytes;
  }
}

export const notKnown = new Extension(0, Buffer.from([0]));

class Reader {
  private readonly bytes: Buffer;
  private at = 0;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  uint(size: number): number {
    this.at += size;
    return size === 8 ? Number(this.bytes.readBigUInt64BE(this.at - 8)) : this.bytes.readUIntBE(this.at - size, size);
  }
  int(size: number): number {
    this.at += size;
    return size === 8 ? Number(this.bytes.readBigInt64BE(this.at - 8)) : this.bytes.readIntBE(this.at - size, size);
  }
  float(size: number): number {
    this.at += size;
    return size === 4 ? this.bytes.readFloatBE(this.at - 4) : this.bytes.readDoubleBE(this.at - 8);
  }
  take(length: number): Buffer {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  text(length: number): string {
    return this.take(length).toString('utf8');
  }
  list(length: number): unknown[] {
    return Array.from({ length }, () => this.value());
  }
  map(length: number): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length }, () => [String(this.value()), this.value()]));
  }
  extension(length: number): Extension {
    return new Extension(this.int(1), this.take(length));
  }
  value(): unknown {
    const byte = this.uint(1);
    if (byte < 0x80) return byte;
    if (byte < 0x90) return this.map(byte & 0x0f);
    if (byte < 0xa0) return this.list(byte & 0x0f);
    if (byte < 0xc0) return this.text(byte & 0x1f);
    if (byte >= 0xe0) return byte - 0x100;
    return this.marked(byte);
  }
  marked(byte: number): unknown {
    if (byte === 0xc0) return null;
    if (byte === 0xc2 || byte === 0xc3) return byte === 0xc3;
    if (byte >= 0xc4 && byte <= 0xc6) return Buffer.from(this.take(this.uint(1 << (byte - 0xc4))));
    if (byte >= 0xc7 && byte <= 0xc9) return this.extension(this.uint(1 << (byte - 0xc7)));
    if (byte === 0xca || byte === 0xcb) return this.float(byte === 0xca ? 4 : 8);
    if (byte >= 0xcc && byte <= 0xcf) return this.uint(1 << (byte - 0xcc));
    if (byte >= 0xd0 && byte <= 0xd3) return this.int(1 << (byte - 0xd0));
    if (byte >= 0xd4 && byte <= 0xd8) return this.extension(1 << (byte - 0xd4));
    if (byte >= 0xd9 && byte <= 0xdb) return this.text(this.uint(1 << (byte - 0xd9)));
    if (byte === 0xdc || byte === 0xdd) return this.list(this.uint(byte === 0xdc ? 2 : 4));
    if (byte === 0xde || byte === 0xdf) return this.map(this.uint(byte === 0xde ? 2 : 4));
    throw new RangeError(`unknown MessagePack byte ${byte}`);
  }
}

export const decode = (bytes: Uint8Array): unknown => new Reader(Buffer.from(bytes)).value();

const sized = (mark: number, length: number): Buffer => {
  const head = Buffer.alloc(5);
  head[0] = mark;
  head.writeUInt32BE(length, 1);
  return head;
};

function number(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  if (Number.isSafeInteger(value)) {
    bytes[0] = 0xd3;
    bytes.writeBigInt64BE(BigInt(value), 1);
  } else {
    bytes[0] = 0xcb;
    bytes.writeDoubleBE(value, 1);
  }
  return bytes;
}

/** Always the widest form of a kind: any reader takes it, and nobody here counts bytes. */
export function encode(value: unknown): Buffer {
  if (value === null || value === undefined) return Buffer.from([0xc0]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return Buffer.concat([sized(0xdb, text.length), text]);
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([sized(0xc6, value.length), value]);
  if (value instanceof Extension) {
    if (value.bytes.length === 1) return Buffer.from([0xd4, value.kind, value.bytes[0] ?? 0]);
    return Buffer.concat([sized(0xc9, value.bytes.length), Buffer.from([value.kind]), value.bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([sized(0xdd, value.length), ...value.map((item) => encode(item))]);
  const entries = Object.entries(value);
  return Buffer.concat([sized(0xdf, entries.length), ...entries.flatMap((entry) => entry.map((part) => encode(part)))]);
}
