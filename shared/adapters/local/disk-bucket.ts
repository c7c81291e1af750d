import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkedKey } from '../../ports/index.ts';
import { type ObjectAttributes, type OpenObject, openObject, type StoredObject } from './disk-object.ts';
import { type KeyedLock, keyedLock } from './keyed-lock.ts';
import { type PartFile, partFile } from './part-file.ts';

/** What must hold of the object that is there now; a generation of '0' means that there is none. */
export interface Preconditions {
  readonly generation?: string;
  readonly notGeneration?: string;
  readonly metageneration?: string;
  readonly notMetageneration?: string;
}

/** The object as it is now, or why nothing was changed. */
export type Change = StoredObject | 'missing' | 'refused';

/** Objects of one bucket as files of one folder. Keys follow `checkedKey`. */
export interface DiskBucket {
  /** Folder for what is not an object yet, on the same disk. */
  readonly incoming: string;
  open(key: string): Promise<OpenObject | undefined>;
  find(key: string): Promise<StoredObject | undefined>;
  part(options?: { md5?: boolean }): Promise<PartFile>;
  /**
   * Makes a part the object of `key`, in one step that a reader or a crash sees wholly or not at all. The part is used
   * up in any case.
   */
  commit(part: PartFile, key: string, attributes: ObjectAttributes, when?: Preconditions): Promise<Change>;
  /** Changes attributes; the bytes and their generation stay. Costs a copy of the file. */
  patch(
    key: string,
    change: (current: StoredObject) => Partial<ObjectAttributes>,
    when?: Preconditions,
  ): Promise<Change>;
  remove(key: string, when?: Preconditions): Promise<Change>;
  /** Keys that begin with `prefix`, in the order of their bytes. */
  keys(prefix: string): AsyncGenerator<string>;
}

/** Attributes of objects that were written without any, by the end of their name. */
const plainTypes: Record<string, string> = {
  glb: 'model/gltf-binary',
  gltf: 'model/gltf+json',
  json: 'application/json',
};
const plainTypeOf = (key: string): string =>
  plainTypes[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

export function holds(when: Preconditions, current: StoredObject | undefined): boolean {
  const generation = current?.generation ?? '0';
  const metageneration = current === undefined ? undefined : String(current.metageneration);
  return (
    (when.generation === undefined || when.generation === generation) &&
    (when.notGeneration === undefined || when.notGeneration !== generation) &&
    (when.metageneration === undefined || when.metageneration === metageneration) &&
    (when.notMetageneration === undefined || when.notMetageneration !== metageneration)
  );
}

let lastGeneration = 0n;
/** The time in microseconds, moved on where two fall together or the clock was set back. */
function nextGeneration(current: StoredObject | undefined): string {
  const now = BigInt(Date.now()) * 1000n;
  const last = [lastGeneration, BigInt(current?.generation ?? 0)].reduce((a, b) => (a > b ? a : b));
  lastGeneration = now > last ? now : last + 1n;
  return String(lastGeneration);
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** All files below, in the order of their whole path: a folder sorts with its slash. */
async function* walk(folder: string, above: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  });
  const named = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  for (const name of named.sort()) {
    if (name.endsWith('/')) yield* walk(join(folder, name), above + name);
    else yield above + name;
  }
}

/** Moves a finished part to its place. @returns false when a file is there and `over` does not allow to replace it */
async function place(part: PartFile, target: string, key: string, over: boolean): Promise<boolean> {
  try {
    await mkdir(dirname(target), { recursive: true });
    if (over) await rename(part.path, target);
    else await link(part.path, target);
    return true;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (['EEXIST', 'EISDIR', 'ENOTDIR'].includes(code)) {
      const there = await stat(target).catch(() => undefined);
      if (there?.isFile()) return false;
      throw new TypeError(`${key} cannot be an object: on this disk a part of it is a folder or an object`);
    }
    throw error;
  }
}

interface Ground {
  readonly incoming: string;
  readonly lock: KeyedLock;
  fileOf(key: string): string;
  open(key: string): Promise<OpenObject | undefined>;
  find(key: string): Promise<StoredObject | undefined>;
}

async function replace(
  ground: Ground,
  part: PartFile,
  key: string,
  attributes: ObjectAttributes,
  when: Preconditions,
): Promise<Change> {
  const { sizeBytes } = part;
  try {
    const target = ground.fileOf(key);
    return await ground.lock(key, async () => {
      // Whether a file that may only be created is there, `link` tells.
      const create = when.generation === '0';
      const current = create ? undefined : await ground.find(key);
      if (!holds(when, current)) return 'refused';
      const generation = nextGeneration(current);
      const trailer = { ...attributes, ...part.checksums(), generation, metageneration: 1 };
      await part.finish(trailer);
      // Another process may have created it since; where overwriting is allowed, it is overwritten.
      const placed = await place(part, target, key, current !== undefined);
      if (!placed && (create || !(await place(part, target, key, true)))) return 'refused';
      return { ...trailer, key, sizeBytes };
    });
  } finally {
    await part.discard();
  }
}

async function patch(
  ground: Ground,
  key: string,
  change: (current: StoredObject) => Partial<ObjectAttributes>,
  when: Preconditions,
): Promise<Change> {
  const object = await ground.open(key);
  if (!object) return 'missing';
  if (!holds(when, object.info)) {
    await object.close();
    return 'refused';
  }
  const part = await partFile(ground.incoming);
  try {
    for await (const chunk of object.stream()) await part.write(chunk as Buffer);
    const { key: _key, sizeBytes, ...before } = object.info;
    const { crc32c } = part.checksums();
    const trailer = { ...before, ...change(object.info), crc32c, metageneration: before.metageneration + 1 };
    await part.finish(trailer);
    await place(part, ground.fileOf(key), key, true);
    return { ...trailer, key, sizeBytes };
  } finally {
    await part.discard();
  }
}

/**
 * A bucket below `root`: objects in `data`, under their keys, each one file with its attributes behind its bytes.
 * Writers in other processes are safe with each other as long as they only create, which goes by `link`; overwriting and
 * changing is serialised within this process.
 */
export function diskBucket(root: string): DiskBucket {
  const data = join(root, 'data');
  const incoming = join(root, 'incoming');
  const lock = keyedLock();
  const fileOf = (key: string): string => join(data, checkedKey(key));
  const open = async (key: string) => openObject(fileOf(key), key, plainTypeOf(key));
  const find = async (key: string): Promise<StoredObject | undefined> => {
    const object = await open(key);
    await object?.close();
    return object?.info;
  };
  const ground: Ground = { incoming, lock, fileOf, open, find };
  return {
    incoming,
    open,
    find,
    part: (options) => partFile(incoming, options),
    commit: (part, key, attributes, when = {}) => replace(ground, part, key, attributes, when),
    patch: (key, change, when = {}) => lock(key, () => patch(ground, key, change, when)),
    remove: (key, when = {}) =>
      lock(key, async () => {
        const current = await find(key);
        if (!current) return 'missing';
        if (!holds(when, current)) return 'refused';
        await rm(fileOf(key), { force: true });
        return current;
      }),
    async *keys(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      if (folder !== '') checkedKey(`${folder}x`);
      for await (const key of walk(join(data, folder), folder)) if (key.startsWith(prefix)) yield key;
    },
  };
}
