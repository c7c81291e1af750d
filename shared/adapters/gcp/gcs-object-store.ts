import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Bucket, File, FileMetadata, StorageOptions } from '@google-cloud/storage';
import { AtlasError } from '../../errors.ts';
import { attachment, checkedKey, type ObjectInfo, type ObjectStore, uploadTerms } from '../../ports/index.ts';
import { sdkOnce } from './sdk-once.ts';

export interface GcsObjectStoreSettings {
  readonly bucket: string;
  /** Of Google’s client: endpoint and credentials where they are not those of the machine. */
  readonly client?: StorageOptions;
  /** Where URLs are signed when the client has no private key; IAM’s signBlob when absent. */
  readonly signingEndpoint?: string;
  /** What stands in for Cloud Storage and IAM (`startGcsServer`). The bucket is made there. */
  readonly emulator?: GcsEmulator;
}

export interface GcsEmulator {
  readonly url: string;
  /** E-mail address of the service account in whose name URLs are signed. */
  readonly account: string;
}

/** Single requests are tried again this long before the store counts as unavailable. */
const retrySeconds = 60;
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** HTTP status of an error of the client, which tells it in three ways: ApiError, GaxiosError, and the response itself. */
function statusOf(error: unknown): number | undefined {
  const { code, status, response } = error as { code?: unknown; status?: unknown; response?: { status?: unknown } };
  const told = [code, status, response?.status].map(Number).find((number) => number >= 100 && number < 600);
  return told;
}

/** What the client threw, as an error of Atlas. */
function translated(error: unknown, key: string): Error {
  if (error instanceof AtlasError || error instanceof TypeError) return error;
  const status = statusOf(error);
  if (status === 404) return new AtlasError('not_found', `There is no object ${key}.`, { cause: error });
  // Without a status: the network, or a checksum that does not fit what arrived.
  if (status === undefined || passing.has(status)) {
    return new AtlasError('store_unavailable', `Cloud Storage did not answer for ${key}.`, { cause: error });
  }
  return new AtlasError('internal', `Cloud Storage answered ${status} for ${key}.`, { cause: error });
}

async function calling<T>(key: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translated(error, key);
  }
}

const infoOf = (key: string, { size, contentType }: { size?: string | number; contentType?: string }): ObjectInfo => ({
  key,
  sizeBytes: Number(size),
  contentType: contentType ?? 'application/octet-stream',
});

/** As a function on Cloud Run is: without a private key, with a token of its account. */
async function emulatorClient({ url, account }: GcsEmulator): Promise<StorageOptions> {
  const { OAuth2Client } = await import('google-auth-library');
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'emulated' });
  return {
    ...{ apiEndpoint: url, projectId: 'emulated', credentials: { client_email: account } },
    // The storage client types it by an older release of the same library.
    authClient: authClient as never,
  };
}

async function loadBucket({ bucket, client, emulator }: GcsObjectStoreSettings): Promise<Bucket> {
  const { IdempotencyStrategy, Storage } = await import('@google-cloud/storage');
  // All that is asked for here may be asked twice: creation has a precondition, the rest changes nothing twice.
  const retryOptions = { idempotencyStrategy: IdempotencyStrategy.RetryAlways, totalTimeout: retrySeconds };
  if (!emulator) return new Storage({ retryOptions, ...client }).bucket(bucket);
  const storage = new Storage({ retryOptions, ...(await emulatorClient(emulator)), ...client });
  await storage.createBucket(bucket).catch((error: unknown) => {
    if (statusOf(error) !== 409) throw translated(error, bucket);
  });
  return storage.bucket(bucket);
}

/** Gives the chunks on, with errors of Atlas; fails now when the object is not there. */
async function begun(source: Readable, key: string): Promise<Readable> {
  const chunks = source.iterator();
  const first = await calling(key, () => chunks.next());
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (!first.done) yield first.value as Buffer;
      for (;;) {
        const next = await calling(key, () => chunks.next());
        if (next.done) return;
        yield next.value as Buffer;
      }
    } finally {
      source.destroy();
    }
  }
  return Readable.from(all(), { objectMode: false });
}

/** Metadata of an object, undefined when it is not there. */
async function metadataOf(file: File): Promise<FileMetadata | undefined> {
  try {
    const [metadata] = await file.getMetadata();
    return metadata;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw translated(error, file.name);
  }
}

/** @returns false when an object of this name is there already */
async function createOnce(file: File, bytes: Uint8Array, contentType: string): Promise<boolean> {
  const putId = randomUUID();
  try {
    await file.save(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      resumable: false,
      validation: 'crc32c',
      preconditionOpts: { ifGenerationMatch: 0 },
      metadata: { contentType, metadata: { 'atlas-put': putId } },
    });
    return true;
  } catch (error) {
    if (statusOf(error) !== 412) throw translated(error, file.name);
    // The answer to a first try may have been lost: then it is our own object that stands in the way.
    return (await metadataOf(file))?.metadata?.['atlas-put'] === putId;
  }
}

/**
 * Objects in a bucket of Cloud Storage. Bytes are checked by CRC-32C on their way in and, read as a whole, on their way
 * out. URLs are signed V4: by the client’s private key, or where it has none, as on Cloud Run, by IAM’s signBlob.
 */
export function gcsObjectStore(settings: GcsObjectStoreSettings): ObjectStore {
  const bucket = sdkOnce(() => loadBucket(settings));
  const fileOf = async (key: string) => (await bucket()).file(checkedKey(key));
  return {
    put: async (key, bytes, { contentType }) => createOnce(await fileOf(key), bytes, contentType),
    get: async (key) => {
      const file = await fileOf(key);
      return calling(key, async () => (await file.download({ validation: 'crc32c', decompress: false }))[0]);
    },
    stream: async (key, range) => begun((await fileOf(key)).createReadStream({ ...range, decompress: false }), key),
    async head(key) {
      const metadata = await metadataOf(await fileOf(key));
      return metadata && infoOf(key, metadata);
    },
    async delete(key) {
      const file = await fileOf(key);
      await calling(key, () => file.delete({ ignoreNotFound: true }));
    },
    async list(prefix) {
      const [files] = await calling(prefix, async () => (await bucket()).getFiles({ prefix }));
      return files.map(({ name, metadata }) => infoOf(name, metadata));
    },
    async signedUrl(key, { method, expiresAt, sizeBytes, contentType, fileName }) {
      const file = await fileOf(key);
      const { 'content-type': type, ...terms } = method === 'PUT' ? uploadTerms(sizeBytes, contentType) : {};
      const { emulator, signingEndpoint = emulator && `${emulator.url}/v1/projects/-/serviceAccounts/` } = settings;
      const [url] = await calling(key, () =>
        file.getSignedUrl({
          version: 'v4',
          action: method === 'PUT' ? 'write' : 'read',
          expires: expiresAt,
          extensionHeaders: terms,
          ...(type === undefined ? {} : { contentType: type }),
          ...(fileName === undefined ? {} : { queryParams: { 'response-content-disposition': attachment(fileName) } }),
          ...(signingEndpoint === undefined ? {} : { signingEndpoint }),
        }),
      );
      return { url, headers: { ...(type === undefined ? {} : { 'content-type': type }), ...terms } };
    },
  };
}
