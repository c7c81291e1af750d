import { AtlasError } from '../../errors.ts';
import type { SourceLimits } from './source-limits.ts';
import { unpackEntry } from './unpack-entry.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** The model of an archive, and the files that it may refer to. */
export interface ArchivedModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Finds a file by a URI relative to the model; undefined when it is not in the archive. */
  readonly findFile: (uri: string) => Uint8Array | undefined;
}

/** Endings of models, the one to take first. */
const preference = ['glb', 'gltf', 'obj', 'ply'] as const;

/** Files that systems leave in archives. */
const isClutter = (name: string): boolean =>
  name.endsWith('/') || name.startsWith('__MACOSX/') || /(^|\/)(\.[^/]+|Thumbs\.db|desktop\.ini)$/i.test(name);

/** What the archive is, when it is none of ours but a format that is a ZIP itself. */
function containerName(names: readonly string[]): string | undefined {
  if (/\.usd[ac]?$/i.test(names[0] ?? '')) return 'USDZ';
  if (names.includes('3D/3dmodel.model')) return '3MF';
  if (names.includes('[Content_Types].xml')) return 'an office document';
  if (names.includes('meta.json') && names.some((name) => name.endsWith('.webp'))) return 'a Gaussian splat (SOG)';
  return undefined;
}

function chooseModel(entries: readonly ZipEntry[]): ZipEntry {
  const names = entries.map((entry) => entry.name);
  for (const ending of preference) {
    const found = entries.filter((entry) => entry.name.toLowerCase().endsWith(`.${ending}`));
    if (found.length > 1) {
      const list = found
        .slice(0, 5)
        .map((entry) => entry.name)
        .join(', ');
      throw new AtlasError(
        'format_unknown',
        `The archive holds ${found.length} models (${list}); send one at a time.`,
        {
          pointer: '/entries',
        },
      );
    }
    if (found[0]) return found[0];
  }
  const container = containerName(names);
  const list = names.slice(0, 5).join(', ') || 'nothing';
  throw new AtlasError(
    'format_unknown',
    container
      ? `The file looks like ${container}; GLB, glTF, OBJ, PLY, or a ZIP of these, is read.`
      : `The archive holds no GLB, glTF, OBJ or PLY; it holds ${list}.`,
    { pointer: '/entries' },
  );
}

/** `folder` and a relative URI joined, `.` and `..` resolved; undefined when it leads out of the archive. */
function join(folder: string, uri: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of uri.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/**
 * Opens an archive: checks its directory, picks the one model (GLB before glTF before OBJ before PLY) and unpacks what
 * is asked for, each file once.
 * @throws archive_bomb, file_malformed, file_truncated, file_too_large, format_unknown
 */
export function openZip(archive: Uint8Array, limits: SourceLimits): ArchivedModel {
  const entries = readZipDirectory(archive, limits).filter((entry) => !isClutter(entry.name));
  const model = chooseModel(entries);
  const folder = model.name.split('/').slice(0, -1).join('/');
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const unpacked = new Map<ZipEntry, Uint8Array>();
  const unpack = (entry: ZipEntry): Uint8Array => {
    const bytes = unpacked.get(entry) ?? unpackEntry(archive, entry);
    unpacked.set(entry, bytes);
    return bytes;
  };
  return {
    name: model.name,
    bytes: unpack(model),
    findFile(uri) {
      const places = [decoded(uri), uri].map((name) => join(folder, name.replaceAll('\\', '/')));
      const entry = places.map((place) => (place === undefined ? undefined : byName.get(place))).find(Boolean);
      return entry && unpack(entry);
    },
  };
}
