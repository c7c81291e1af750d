import { AtlasError } from '../../errors.ts';
import {
  attachment,
  type Clock,
  checkedKey,
  type ObjectInfo,
  type ObjectStore,
  uploadTerms,
} from '../../ports/index.ts';
import type { DiskBucket } from './disk-bucket.ts';
import type { OpenObject, StoredObject } from './disk-object.ts';
import { signedUrl } from './gcs/signed-url.ts';
import type { UrlKey } from './gcs/url-key.ts';

const infoOf = ({ key, sizeBytes, contentType }: StoredObject): ObjectInfo => ({ key, sizeBytes, contentType });

/** The name under which a local installation’s bucket stands in URLs. */
export const localBucket = 'objects';

export interface UrlSettings {
  readonly key: UrlKey;
  /** Where the server that answers the URLs can be reached. */
  readonly baseUrl: () => string;
  readonly clock: Clock;
}

/**
 * Objects in a bucket on disk. A file appears under its key in one step (write aside, then link), so a reader or a crash
 * never meets half of it. Signed URLs are those of Cloud Storage, answered by `signedObjects`.
 *
 * @param urls - absent in a process that signs none
 */
export function diskObjectStore(bucket: DiskBucket, urls?: UrlSettings): ObjectStore {
  const opened = async (key: string): Promise<OpenObject> => {
    const object = await bucket.open(key);
    if (!object) throw new AtlasError('not_found', `There is no object ${key}.`);
    return object;
  };
  return {
    async put(key, bytes, { contentType }) {
      // Most second writes are noticed before the bytes are written.
      if (await bucket.find(key)) return false;
      const part = await bucket.part();
      await part.write(bytes);
      return (await bucket.commit(part, key, { contentType }, { generation: '0' })) !== 'refused';
    },
    get: async (key) => (await opened(key)).bytes(),
    stream: async (key, range) => (await opened(key)).stream(range),
    async head(key) {
      const found = await bucket.find(key);
      return found && infoOf(found);
    },
    async delete(key) {
      await bucket.remove(key);
    },
    async list(prefix) {
      const found: ObjectInfo[] = [];
      for await (const key of bucket.keys(prefix)) {
        const info = await bucket.find(key);
        if (info) found.push(infoOf(info));
      }
      return found;
    },
    async signedUrl(key, { method, expiresAt, sizeBytes, contentType, fileName }) {
      if (!urls) throw new TypeError('signed URLs are made by the server');
      return signedUrl(urls.key, {
        ...{ method, expiresAt, from: urls.clock.now() },
        url: new URL(`/${localBucket}/${checkedKey(key)}`, urls.baseUrl()),
        headers: method === 'PUT' ? uploadTerms(sizeBytes, contentType) : {},
        query: fileName === undefined ? {} : { 'response-content-disposition': attachment(fileName) },
      });
    },
  };
}
