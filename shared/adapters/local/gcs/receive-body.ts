import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { PartFile } from '../part-file.ts';
import { GcsFault } from './gcs-fault.ts';

/** What the bytes of an upload must be. */
export interface BodyTerms {
  readonly leastBytes?: number;
  readonly mostBytes?: number;
  /** Hexadecimal. */
  readonly sha256?: string;
}

/** Chunks of a body. Stopping early leaves the connection open for a refusal. */
export const chunksOf = (req: IncomingMessage): AsyncIterable<Buffer> =>
  req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

/** The limits that `x-goog-content-length-range` sets: `least,most`. @throws GcsFault invalid */
export function lengthRange(header: string | undefined): BodyTerms {
  if (header === undefined) return {};
  const [, least, most] = /^(\d+),(\d+)$/.exec(header) ?? [];
  if (most === undefined) throw new GcsFault('invalid', 'Invalid value for: x-goog-content-length-range');
  return { leastBytes: Number(least), mostBytes: Number(most) };
}

/**
 * Writes a body to a part, no further than it is allowed.
 *
 * @throws GcsFault tooLarge, tooSmall, badDigest
 */
export async function receiveBody(req: IncomingMessage, part: PartFile, terms: BodyTerms = {}): Promise<void> {
  const { leastBytes = 0, mostBytes = Number.POSITIVE_INFINITY } = terms;
  const large = () => new GcsFault('tooLarge', `The upload holds more than the ${mostBytes} bytes that are allowed.`);
  const small = () => new GcsFault('tooSmall', `The upload holds less than the ${leastBytes} bytes that are declared.`);
  const told = req.headers['content-length'];
  if (told !== undefined && Number(told) > mostBytes) throw large();
  if (told !== undefined && Number(told) < leastBytes) throw small();
  const sha256 = terms.sha256 === undefined ? undefined : createHash('sha256');
  for await (const chunk of chunksOf(req)) {
    if (part.sizeBytes + chunk.length > mostBytes) throw large();
    sha256?.update(chunk);
    await part.write(chunk);
  }
  if (part.sizeBytes < leastBytes) throw small();
  if (sha256 && sha256.digest('hex') !== terms.sha256?.toLowerCase()) {
    throw new GcsFault('badDigest', 'The SHA-256 of the upload is not the one that was declared.');
  }
}

/** Holds the declared checksums against the bytes: `crc32c=…,md5=…` as in `x-goog-hash`. @throws GcsFault badDigest */
export function checkHashes(part: PartFile, declared: { crc32c?: string; md5?: string }): void {
  const real = part.checksums();
  for (const name of ['crc32c', 'md5'] as const) {
    const told = declared[name];
    if (told !== undefined && told !== real[name]) {
      const label = name === 'md5' ? 'MD5' : 'CRC32C';
      throw new GcsFault('badDigest', `Provided ${label} hash "${told}" doesn't match calculated ${label} hash.`);
    }
  }
}

/** The checksums that the headers of a request declare. */
export function declaredHashes(headers: IncomingMessage['headers']): { crc32c?: string; md5?: string } {
  const given = headers['x-goog-hash'];
  const text = Array.isArray(given) ? given.join(',') : (given ?? '');
  const pairs = text.split(',').map((pair) => /^\s*(crc32c|md5)=(\S+)\s*$/.exec(pair) ?? []);
  const hashes = Object.fromEntries(pairs.flatMap(([, name, value]) => (name ? [[name, value]] : [])));
  const md5 = headers['content-md5'];
  return typeof md5 === 'string' ? { ...hashes, md5 } : hashes;
}
