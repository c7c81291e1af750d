const pad = (bytes: Uint8Array, filler: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, filler)]);

/** Packs JSON (a value, or its text as it stands) and binary data into a GLB (glTF 2.0 section 4.4). Checks nothing. */
export function packGlb(json: unknown, bin?: Uint8Array): Uint8Array {
  const text = pad(json instanceof Uint8Array ? json : Buffer.from(JSON.stringify(json)), 0x20);
  const chunks = [glbChunk('JSON', text), ...(bin ? [glbChunk('BIN\0', pad(bin, 0))] : [])];
  const length = 12 + chunks.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.from('glTF\0\0\0\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(length, 8);
  return Uint8Array.from(Buffer.concat([header, ...chunks]));
}

function glbChunk(type: string, data: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(data.length, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, data]);
}
