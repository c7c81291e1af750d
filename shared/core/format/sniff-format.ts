import { AtlasError } from '../../errors.ts';

/** Kinds of file that are read. */
export type SourceFormat = 'glb' | 'gltf' | 'obj' | 'ply' | 'zip';

/** How much of a text file is looked at. */
const headBytes = 64 * 1024;

/** First bytes of files that are not read, and what to call them. */
const known: readonly (readonly [signature: string, name: string])[] = [
  ['Kaydara FBX Binary', 'FBX'],
  ['; FBX', 'FBX'],
  ['PXR-USDC', 'USD'],
  ['#usda', 'USD'],
  ['BLENDER', 'a Blender file'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['BM', 'a BMP image'],
  ['RIFF', 'a RIFF file such as WebP'],
  ['%PDF', 'a PDF'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['\xabKTX', 'a KTX texture'],
  ['SIMPLE  =', 'FITS data'],
  ['OTTO', 'a font'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program'],
];

/** Keywords that a line of an OBJ may start with (Wavefront, Advanced Visualizer manual, appendix B1). */
const objKeyword =
  /^(v|vt|vn|vp|f|fo|l|p|o|g|s|mg|usemtl|mtllib|usemap|maplib|lod|bevel|c_interp|d_interp|cstype|deg)$/;

const latin = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, length)).toString('latin1');

const unsupported = (what: string): AtlasError =>
  new AtlasError('format_unsupported', `The file is ${what}, which is not a source yet; send a mesh.`);

const unknown = (what: string): AtlasError =>
  new AtlasError('format_unknown', `The file looks like ${what}; GLB, glTF, OBJ, PLY, or a ZIP of these, is read.`);

/** Gaussian splats in a PLY: colour as spherical harmonics, or the packed form, and no faces. */
function isSplatPly(head: string): boolean {
  const header = head.slice(0, head.indexOf('end_header') + 1 || undefined);
  return !/^element +face/m.test(header) && /^property +\S+ +(f_dc_0|opacity|scale_0|packed_position)\b/m.test(header);
}

/** Whether a file is a cloud of Gaussian splats in a PLY, which is drawn but not taken as a source. */
export function isSplatFile(bytes: Uint8Array): boolean {
  const head = latin(bytes, headBytes);
  return /^ply\r?\n/.test(head) && isSplatPly(head);
}

/** Binary STL: 80 bytes of anything, a count, 50 bytes a facet. */
function isBinaryStl(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 134) return false;
  const facets = new DataView(bytes.buffer, bytes.byteOffset).getUint32(80, true);
  return bytes.byteLength === 84 + 50 * facets;
}

function isObj(text: string): boolean {
  const lines = text.split(/\r\n|\r|\n/);
  // The last line may be cut through.
  if (lines.length > 1 && text.length >= headBytes) lines.pop();
  let vertices = 0;
  let others = 0;
  let continued = false;
  for (const line of lines) {
    const word = line.trim().split(/\s+/, 1)[0] ?? '';
    if (!continued && word !== '' && !word.startsWith('#')) {
      if (/^v[tn]?$/.test(word)) vertices++;
      else if (!objKeyword.test(word)) others++;
    }
    continued = line.endsWith('\\');
  }
  return vertices > others;
}

function sniffText(text: string): SourceFormat {
  const start = text.trimStart();
  if (start.startsWith('{')) {
    if (/"(asset|accessors|meshes|scenes|nodes|bufferViews|buffers)"\s*:/.test(text)) return 'gltf';
    throw unknown('JSON, but not glTF');
  }
  if (/^<(!doctype html|html)/i.test(start)) throw unknown('HTML');
  if (/<COLLADA/.test(text)) throw unknown('COLLADA');
  if (start.startsWith('<')) throw unknown('XML');
  if (/^solid\b[\s\S]*\bfacet\b/.test(start)) throw unknown('STL');
  if (/^\s*export\s+(default\s+)?(function|const|class)\b/m.test(text)) throw unsupported('a JavaScript module');
  if (isObj(text)) return 'obj';
  throw unknown('text');
}

function sniffName(filename: string): never {
  if (/\.(k?splat|sog)$/i.test(filename)) throw unsupported('a Gaussian splat');
  if (/\.stl$/i.test(filename)) throw unknown('STL');
  throw unknown('nothing that is known');
}

/**
 * Tells by its bytes what kind of file this is. The name is asked only where the bytes say nothing, and then only to
 * name what is refused. A ZIP is not opened here.
 * @throws file_empty, format_unknown, format_unsupported
 */
export function sniffFormat(bytes: Uint8Array, filename = ''): SourceFormat {
  if (bytes.byteLength === 0) throw new AtlasError('file_empty', 'The file has no bytes.');
  const head = latin(bytes, headBytes);
  if (head.startsWith('glTF')) return 'glb';
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return 'zip';
  if (/^ply\r?\n|^ply\r/.test(head)) {
    if (isSplatPly(head)) throw unsupported('a Gaussian splat (PLY)');
    return 'ply';
  }
  if (head.startsWith('NGSP') || head.startsWith('\x28\xb5\x2f\xfd')) throw unsupported('a Gaussian splat (SPZ)');
  if (head.startsWith('\x1f\x8b')) {
    if (/\.(tar\.gz|tgz)$/i.test(filename)) throw unknown('a gzip archive');
    throw unsupported('gzip data such as a Gaussian splat (SPZ)');
  }
  // STL comes before the signatures: its 80 free bytes may spell anything.
  if (isBinaryStl(bytes)) throw unknown('STL');
  const match = known.find(([signature]) => head.startsWith(signature));
  if (match) throw unknown(match[1]);
  if (head.includes('\0')) return sniffName(filename);
  return sniffText(head.replace(/^\xef\xbb\xbf/, ''));
}
