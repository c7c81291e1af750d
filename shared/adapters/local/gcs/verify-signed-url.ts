import type { IncomingHttpHeaders } from 'node:http';
import { textToSign } from './canonical-request.ts';
import { GcsFault } from './gcs-fault.ts';
import type { UrlKey } from './url-key.ts';

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

const longestSeconds = 7 * 24 * 3600;
/** How far ahead the signer’s clock may be. */
const skewMs = 15 * 60_000;

const mismatch = (): GcsFault =>
  new GcsFault(
    'signatureMismatch',
    'The signature of this URL is not valid for this request: the URL was changed, it was signed for another method, or a header differs from what was signed.',
  );

/** `20261123T080000Z` in milliseconds; NaN for anything else. */
function dateMs(text: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The signed headers as they were sent. @throws GcsFault when one is missing or an unsigned one would change the meaning */
function signedHeaders(names: readonly string[], given: IncomingHttpHeaders): Record<string, string> {
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length > 0) {
    const list = missing.join(', ');
    throw new GcsFault('headerMissing', `Headers that were signed are missing: ${list}. Send the headers of the URL.`);
  }
  const smuggled = Object.keys(given).find((name) => name.startsWith('x-goog-') && !names.includes(name));
  if (smuggled) throw new GcsFault('signatureMismatch', `The header ${smuggled} was sent but not signed.`);
  const one = (value: string | string[] | undefined): string =>
    Array.isArray(value) ? value.join(',') : (value ?? '');
  return Object.fromEntries(names.map((name) => [name, one(given[name])]));
}

/**
 * Checks the V4 signature of a request and that its time has come and is not over. A URL for GET also serves HEAD.
 *
 * @throws GcsFault signatureMismatch, headerMissing, expired
 */
export function verifySignedUrl(keys: readonly UrlKey[], request: SignedRequest, now: Date): URLSearchParams {
  const [path = '', search = ''] = request.target.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const field = (name: string): string => query.get(`X-Goog-${name}`) ?? '';
  const date = field('Date');
  const [, accessId, scope = ''] =
    /^(.+?)\/(\d{8}\/[a-z0-9-]+\/storage\/goog4_request)$/.exec(field('Credential')) ?? [];
  const key = keys.find((one) => one.accessId === accessId && one.algorithm === field('Algorithm'));
  const seconds = Number(field('Expires'));
  const names = field('SignedHeaders').split(';');
  const startsMs = dateMs(date);
  const sound =
    names.includes('host') &&
    date.startsWith(scope.slice(0, 8)) &&
    Number.isInteger(seconds) &&
    seconds > 0 &&
    seconds <= longestSeconds &&
    !Number.isNaN(startsMs) &&
    /^([0-9a-f]{2})+$/.test(field('Signature'));
  if (!key || !sound) throw mismatch();
  const headers = signedHeaders(names, request.headers);
  const signature = Buffer.from(field('Signature'), 'hex');
  const unsigned = [...query].filter(([name]) => name !== 'X-Goog-Signature');
  // The client signs the name of the host; others may sign it with its port, as it is sent.
  const hosts = [headers.host?.replace(/:\d+$/, '') ?? '', headers.host ?? ''];
  const methods = request.method === 'HEAD' ? ['GET', 'HEAD'] : [request.method];
  const fits = (method: string, host: string): boolean => {
    const parts = { method, path, query: unsigned, headers: { ...headers, host } };
    return key.verify(textToSign(key.algorithm, date, scope, parts), scope, signature);
  };
  const valid = methods.some((method) => hosts.some((host) => fits(method, host)));
  if (!valid) throw mismatch();
  if (startsMs > now.getTime() + skewMs) throw new GcsFault('expired', 'This URL is not valid yet.');
  if (startsMs + seconds * 1000 < now.getTime()) throw new GcsFault('expired', 'This URL has expired.');
  return query;
}
