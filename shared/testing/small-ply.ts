/** A PLY of one coloured square in two triangles, as three encodings write it. Colours are sRGB bytes, +Y is up. */
export type PlyEncoding = 'ascii' | 'binary_little_endian' | 'binary_big_endian';

const vertices = [
  [0, 0, 0, 255, 0, 0],
  [1, 0, 0, 0, 255, 0],
  [1, 1, 0, 0, 0, 255],
  [0, 1, 0, 188, 188, 188],
] as const;
const faces = [
  [0, 1, 2],
  [0, 2, 3],
] as const;

const header = (encoding: PlyEncoding, edit: (header: string) => string): string =>
  edit(
    [
      'ply',
      `format ${encoding} 1.0`,
      'comment made by a test',
      'element vertex 4',
      ...['x', 'y', 'z'].map((name) => `property float ${name}`),
      ...['red', 'green', 'blue'].map((name) => `property uchar ${name}`),
      'element face 2',
      'property list uchar int vertex_indices',
      'end_header',
      '',
    ].join('\n'),
  );

function binaryBody(littleEndian: boolean): Buffer {
  const body = new DataView(new ArrayBuffer(vertices.length * 15 + faces.length * 13));
  let at = 0;
  for (const [x, y, z, ...colour] of vertices) {
    for (const value of [x, y, z]) {
      body.setFloat32(at, value, littleEndian);
      at += 4;
    }
    for (const value of colour) body.setUint8(at++, value);
  }
  for (const face of faces) {
    body.setUint8(at++, face.length);
    for (const corner of face) {
      body.setInt32(at, corner, littleEndian);
      at += 4;
    }
  }
  return Buffer.from(body.buffer);
}

/** The square as PLY; `edit` may change the text of the header. */
export function smallPly(
  encoding: PlyEncoding = 'ascii',
  edit: (header: string) => string = (text) => text,
): Uint8Array {
  const lines = [...vertices.map((row) => row.join(' ')), ...faces.map((face) => `3 ${face.join(' ')}`), ''];
  const body = encoding === 'ascii' ? Buffer.from(lines.join('\n')) : binaryBody(encoding === 'binary_little_endian');
  return Uint8Array.from(Buffer.concat([Buffer.from(header(encoding, edit)), body]));
}
