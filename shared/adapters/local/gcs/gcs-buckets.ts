import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../../ids.ts';
import { type DiskBucket, diskBucket } from '../disk-bucket.ts';
import { keyedLock } from '../keyed-lock.ts';
import { GcsFault } from './gcs-fault.ts';

export interface NotificationConfig {
  readonly id: string;
  readonly topic: string;
  readonly event_types?: readonly string[];
  readonly object_name_prefix?: string;
  readonly custom_attributes?: Readonly<Record<string, string>>;
  readonly payload_format?: string;
}

/** What is known of a bucket itself, as its JSON resource tells it. */
export interface BucketSettings {
  readonly timeCreated: string;
  readonly metageneration: number;
  /** Kept and shown, not acted on: lifecycle rules, labels, versioning, … */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly notifications: readonly NotificationConfig[];
}

export interface GcsBuckets {
  get(name: string): Promise<DiskBucket | undefined>;
  names(): Promise<string[]>;
  /** @throws GcsFault bucketTaken, invalid */
  create(name: string, shown: Record<string, unknown>): Promise<void>;
  /** @throws GcsFault bucketNotEmpty */
  remove(name: string): Promise<void>;
  settings(name: string): Promise<BucketSettings>;
  change(name: string, change: (settings: BucketSettings) => BucketSettings): Promise<BucketSettings>;
}

const isName = (name: string): boolean => /^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/.test(name);

/** The settings of each bucket, in a file that is replaced as a whole. */
function settingsFiles(root: string) {
  const fileOf = (name: string): string => join(root, name, 'bucket.json');
  const read = async (name: string): Promise<BucketSettings | undefined> => {
    const text = await readFile(fileOf(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? undefined : (JSON.parse(text) as BucketSettings);
  };
  const write = async (name: string, settings: BucketSettings): Promise<void> => {
    const part = `${fileOf(name)}.${newId('new')}`;
    await writeFile(part, JSON.stringify(settings), { flush: true });
    await rename(part, fileOf(name));
  };
  return { read, write };
}

/** Buckets as folders below `root`, each with its settings in `bucket.json`. */
export function folderBuckets(root: string): GcsBuckets {
  const open = new Map<string, DiskBucket>();
  const lock = keyedLock();
  const { read, write } = settingsFiles(root);
  const get = async (name: string): Promise<DiskBucket | undefined> => {
    if (!isName(name)) return undefined;
    const known = open.get(name);
    if (known) return known;
    if (!(await read(name))) return undefined;
    const bucket = open.get(name) ?? diskBucket(join(root, name));
    open.set(name, bucket);
    return bucket;
  };
  const settings = async (name: string): Promise<BucketSettings> => {
    const found = await read(name);
    if (!found) throw new GcsFault('noSuchBucket', 'The specified bucket does not exist.');
    return found;
  };
  return {
    get,
    settings,
    async names() {
      const entries = await readdir(root).catch(() => [] as string[]);
      const found = await Promise.all(entries.filter(isName).map(async (name) => ((await read(name)) ? [name] : [])));
      return found.flat().sort();
    },
    create: (name, shown) =>
      lock(name, async () => {
        if (!isName(name)) throw new GcsFault('invalid', `Invalid bucket name: '${name}'`);
        if (await read(name))
          throw new GcsFault('bucketTaken', 'Your previous request to create the bucket succeeded.');
        await mkdir(join(root, name), { recursive: true });
        await write(name, { timeCreated: new Date().toISOString(), metageneration: 1, shown, notifications: [] });
      }),
    remove: (name) =>
      lock(name, async () => {
        for await (const _key of (await get(name))?.keys('') ?? []) {
          throw new GcsFault('bucketNotEmpty', 'The bucket you tried to delete is not empty.');
        }
        open.delete(name);
        await rm(join(root, name), { recursive: true, force: true });
      }),
    change: (name, change) =>
      lock(name, async () => {
        const before = await settings(name);
        const after = { ...change(before), metageneration: before.metageneration + 1 };
        await write(name, after);
        return after;
      }),
  };
}
