import type { SignedUrl } from '../../../ports/index.ts';
import { canonicalQuery, signedNames, textToSign } from './canonical-request.ts';
import type { UrlKey } from './url-key.ts';

export interface UrlTerms {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** Of the object, without a query. */
  readonly url: URL;
  readonly from: Date;
  /** At most seven days after `from`. */
  readonly expiresAt: Date;
  /** What the caller must send, by lower-case name. */
  readonly headers: Record<string, string>;
  /** What the answer shall carry: `response-content-disposition`, `response-content-type`. */
  readonly query: Record<string, string>;
}

/** Signs a URL as Cloud Storage’s V4 process does; its own client makes the same one, letter by letter. */
export function signedUrl(key: UrlKey, terms: UrlTerms): SignedUrl {
  const { method, url } = terms;
  const date = terms.from.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/auto/storage/goog4_request`;
  const seconds = Math.floor(terms.expiresAt.getTime() / 1000) - Math.floor(terms.from.getTime() / 1000);
  const headers = { ...terms.headers, host: url.hostname };
  const query: [string, string][] = Object.entries({
    'X-Goog-Algorithm': key.algorithm,
    'X-Goog-Credential': `${key.accessId}/${scope}`,
    'X-Goog-Date': date,
    'X-Goog-Expires': String(seconds),
    'X-Goog-SignedHeaders': signedNames(headers),
    ...terms.query,
  });
  const text = textToSign(key.algorithm, date, scope, { method, path: url.pathname, query, headers });
  const signature = key.sign(text, scope).toString('hex');
  return {
    url: `${url.origin}${url.pathname}?${canonicalQuery(query)}&X-Goog-Signature=${signature}`,
    headers: terms.headers,
  };
}
