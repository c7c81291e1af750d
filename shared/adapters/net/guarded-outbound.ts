import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { AtlasError } from '../../errors.ts';
import type { Outbound, OutboundRequest } from '../../ports/index.ts';
import { type AdmittedUrl, admitUrl, refuseAddress } from './admit-url.ts';
import { isPublicAddress } from './is-public-address.ts';

export interface GuardedOutboundOptions {
  /** Hosts that are reached although they are private, over http and on any port: local development and tests. */
  readonly hostsOpened: readonly string[];
  /** Time for the whole exchange. */
  readonly timeoutMs?: number;
  /** Bytes of the answer that are read before the connection is cut. */
  readonly answerBytes?: number;
  readonly resolve?: (host: string) => Promise<LookupAddress[]>;
}

/** All addresses of a name, each of them public. @throws AtlasError webhook_address_refused */
async function publicAddresses(host: string, resolve: (host: string) => Promise<LookupAddress[]>) {
  const addresses = await resolve(host);
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
    throw refuseAddress('its host name does not resolve to public addresses only');
  }
  return addresses;
}

/**
 * A lookup that hands the socket only addresses it has judged itself: the answer that was checked is the answer that is
 * connected to, so a name that changes between two lookups gains nothing.
 */
function guardedLookup(resolve: (host: string) => Promise<LookupAddress[]>): LookupFunction {
  return (host, options, callback) => {
    publicAddresses(host, resolve).then(
      (addresses) => {
        if (options.all) return callback(null, addresses);
        return callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, ''),
    );
  };
}

/** Sends the body and resolves with the status once the answer has ended or grown past `answerBytes`. */
function exchange(request: ClientRequest, body: string, answerBytes: number): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    // An upgrade (101) that nobody asked for ends without an error and without a response.
    request.on('close', () => reject(new Error('the connection ended without an answer')));
    request.on('response', (answer) => {
      const done = () => resolve({ status: answer.statusCode ?? 0 });
      let seen = 0;
      answer.on('data', (chunk: Buffer) => {
        seen += chunk.length;
        if (seen <= answerBytes) return;
        done();
        request.destroy();
      });
      answer.on('end', done);
      answer.on('error', reject);
    });
    request.end(body);
  });
}

/**
 * POSTs to addresses that customers name, without becoming their way into the network that Atlas runs in: https on port
 * 443 only, public addresses only, every address of a name judged and pinned, no redirects, and an end to time and size.
 */
export function guardedOutbound(options: GuardedOutboundOptions): Outbound {
  const { hostsOpened, timeoutMs = 10_000, answerBytes = 65_536 } = options;
  const resolve = options.resolve ?? ((host: string) => systemLookup(host, { all: true }));
  const lookup = guardedLookup(resolve);

  const open = ({ url, opened }: AdmittedUrl, { headers, body }: OutboundRequest): ClientRequest => {
    const settings: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(opened ? {} : { lookup }),
    };
    return url.protocol === 'http:' ? httpRequest(url, settings) : httpsRequest(url, settings);
  };

  return {
    async check(text) {
      const { host, opened } = admitUrl(text, hostsOpened);
      if (opened || isIP(host) !== 0) return;
      // A name that does not resolve now may do so later; every delivery judges it again.
      await publicAddresses(host, resolve).catch((error: unknown) => {
        if (error instanceof AtlasError) throw error;
      });
    },
    async post(request) {
      const admitted = admitUrl(request.url, hostsOpened);
      return exchange(open(admitted, request), request.body, answerBytes);
    },
  };
}
