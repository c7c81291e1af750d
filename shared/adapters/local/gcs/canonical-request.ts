import { createHash } from 'node:crypto';

export interface SignedParts {
  readonly method: string;
  /** As it stands in the request line, with its escapes. */
  readonly path: string;
  /** All but the signature. */
  readonly query: readonly (readonly [string, string])[];
  /** The signed ones, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** As `encodeURIComponent`, and also the marks that Cloud Storage wants escaped. */
export const escapedText = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const byName = (a: readonly [string, string], b: readonly [string, string]): number => (a[0] < b[0] ? -1 : 1);

/** The query in the order and with the escapes that are signed. */
export const canonicalQuery = (query: SignedParts['query']): string =>
  query
    .map(([name, value]) => [escapedText(name), escapedText(value)] as const)
    .sort(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

/** Names of the signed headers, as the URL tells them. */
export const signedNames = (headers: SignedParts['headers']): string => Object.keys(headers).sort().join(';');

/**
 * The text that a V4 signature signs. The payload is not signed unless its hash is a signed header.
 * https://cloud.google.com/storage/docs/authentication/canonical-requests
 *
 * @param date - ISO 8601 without marks: `20261123T080000Z`
 */
export function textToSign(algorithm: string, date: string, scope: string, parts: SignedParts): string {
  const headers = Object.entries(parts.headers).sort(byName);
  const canonical = [
    parts.method,
    parts.path,
    canonicalQuery(parts.query),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/\s{2,}/g, ' ')}`),
    '',
    signedNames(parts.headers),
    parts.headers['x-goog-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
  return [algorithm, date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
}
