import { createHmac, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AtlasError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import type { ObjectInfo, ObjectStore } from '../../ports/index.ts';

export interface DiskObjectStore extends ObjectStore {
  /** Folder for half-written files, on the same disk. */
  readonly incoming: string;
  /** Moves a finished file of `incoming` to `key`; false when the key is taken. */
  adopt(file: string, key: string): Promise<boolean>;
  /** Checks a URL made by `signedUrl`; returns what it allows. @throws AtlasError signature_invalid, upload_expired */
  admit(method: string, url: URL, now: Date): Admission;
}

export interface Admission {
  readonly key: string;
  readonly sizeBytes: number | undefined;
  readonly contentType: string | undefined;
  readonly fileName: string | undefined;
}

const contentTypes: Record<string, string> = {
  glb: 'model/gltf-binary',
  gltf: 'model/gltf+json',
  json: 'application/json',
};
const contentTypeOf = (key: string): string =>
  contentTypes[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A key cannot leave the folder: no empty, dot or absolute segments. */
function checkedKey(key: string): string {
  if (!/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/.test(key) || key.split('/').some((part) => /^\.+$/.test(part))) {
    throw new TypeError(`not an object key: ${key}`);
  }
  return key;
}

/** What a signed URL vouches for, in fixed order. */
const canonical = (method: string, url: URL): string =>
  [method, url.pathname, ...['expires', 'size', 'type', 'name'].map((name) => url.searchParams.get(name) ?? '')].join(
    '\n',
  );

async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

/**
 * Objects as files below `root`. A file appears under its key in one step (write aside, then link), so a reader or a
 * crash never meets half of it. Signed URLs carry an HMAC-SHA256 with `secret` and point below `baseUrl()`.
 */
export function diskObjectStore(root: string, options: { secret: Uint8Array; baseUrl: () => string }): DiskObjectStore {
  const data = join(root, 'data');
  const incoming = join(root, 'incoming');
  const fileOf = (key: string): string => join(data, checkedKey(key));
  const sign = (text: string): Buffer => createHmac('sha256', options.secret).update(text).digest();

  const notFound = (key: string, cause: unknown) =>
    new AtlasError('not_found', `There is no object ${key}.`, { cause });

  const adopt = async (file: string, key: string): Promise<boolean> => {
    const target = fileOf(key);
    await mkdir(dirname(target), { recursive: true });
    try {
      await link(file, target);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(file);
    }
  };

  const head = async (key: string): Promise<ObjectInfo | undefined> => {
    try {
      return { key, sizeBytes: (await stat(fileOf(key))).size, contentType: contentTypeOf(key) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

  return {
    incoming,
    adopt,
    head,
    async put(key, bytes) {
      if (await head(key)) return false;
      const part = join(incoming, newId('put'));
      await mkdir(incoming, { recursive: true });
      // Down to the disk before it gets its name: a power cut must not leave a name over missing bytes.
      await writeFile(part, bytes, { flag: 'wx', flush: true });
      return adopt(part, key);
    },
    async get(key) {
      try {
        return await readFile(fileOf(key));
      } catch (error) {
        throw isMissing(error) ? notFound(key, error) : error;
      }
    },
    async stream(key, range) {
      if (!(await head(key))) throw notFound(key, undefined);
      return createReadStream(fileOf(key), range);
    },
    delete: (key) => rm(fileOf(key), { force: true }),
    async list(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const found: ObjectInfo[] = [];
      for await (const path of walk(join(data, folder))) {
        const key = path.slice(data.length + 1);
        const info = key.startsWith(prefix) ? await head(key) : undefined;
        if (info) found.push(info);
      }
      return found;
    },
    async signedUrl(key, { method, expiresAt, sizeBytes, contentType, fileName }) {
      const url = new URL(`/objects/${checkedKey(key)}`, options.baseUrl());
      url.searchParams.set('expires', String(Math.floor(expiresAt.getTime() / 1000)));
      if (sizeBytes !== undefined) url.searchParams.set('size', String(sizeBytes));
      if (contentType !== undefined) url.searchParams.set('type', contentType);
      if (fileName !== undefined) url.searchParams.set('name', fileName);
      url.searchParams.set('signature', sign(canonical(method, url)).toString('hex'));
      const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
      return { url: url.href, headers };
    },
    admit(method, url, now) {
      const given = Buffer.from(url.searchParams.get('signature') ?? '', 'hex');
      const right = sign(canonical(method === 'HEAD' ? 'GET' : method, url));
      if (given.length !== right.length || !timingSafeEqual(given, right)) {
        throw new AtlasError('signature_invalid', 'The signature of this URL is not valid.');
      }
      if (Number(url.searchParams.get('expires')) * 1000 < now.getTime()) {
        throw new AtlasError('upload_expired', 'This URL has expired.');
      }
      const size = url.searchParams.get('size');
      return {
        key: checkedKey(url.pathname.slice('/objects/'.length)),
        sizeBytes: size === null ? undefined : Number(size),
        contentType: url.searchParams.get('type') ?? undefined,
        fileName: url.searchParams.get('name') ?? undefined,
      };
    },
  };
}
