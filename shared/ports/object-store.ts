import type { Readable } from 'node:stream';

export interface ObjectInfo {
  readonly key: string;
  readonly sizeBytes: number;
  readonly contentType: string;
}

export interface SignedUrlOptions {
  readonly method: 'GET' | 'PUT';
  readonly expiresAt: Date;
  /** PUT: exact number of bytes that may be sent. */
  readonly sizeBytes?: number;
  readonly contentType?: string;
  /** GET: name that a browser saves the file under. */
  readonly fileName?: string;
}

export interface SignedUrl {
  readonly url: string;
  /** Headers that the caller must send. */
  readonly headers: Record<string, string>;
}

/** Files, as Cloud Storage keeps them. Keys are `/`-separated; an object is written once and never changed. */
export interface ObjectStore {
  /** Writes if absent; returns false when the key is taken (the bytes there stay). All or nothing. */
  put(key: string, bytes: Uint8Array, options: { contentType: string }): Promise<boolean>;
  /** @throws AtlasError not_found */
  get(key: string): Promise<Uint8Array>;
  /** @throws AtlasError not_found */
  stream(key: string, range?: { start: number; end: number }): Promise<Readable>;
  head(key: string): Promise<ObjectInfo | undefined>;
  delete(key: string): Promise<void>;
  list(prefix: string): Promise<ObjectInfo[]>;
  /** A PUT creates, once; exactly `sizeBytes` of exactly `contentType` where these are given. At most seven days. */
  signedUrl(key: string, options: SignedUrlOptions): Promise<SignedUrl>;
}
