import { isIP } from 'node:net';
import { AtlasError } from '../../errors.ts';
import { isPublicAddress } from './is-public-address.ts';

/** Names that resolve inside a network, or nowhere (RFC 6761, RFC 8375, and ICANN’s .internal). */
const innerDomains = ['localhost', 'local', 'internal', 'localdomain', 'home.arpa', 'intranet', 'lan', 'corp', 'home'];

export interface AdmittedUrl {
  readonly url: URL;
  /** Host name or address, without brackets and the dot at the end. */
  readonly host: string;
  /** True when the operator opened this host; then nothing else is checked. */
  readonly opened: boolean;
}

export const refuseAddress = (why: string): AtlasError =>
  new AtlasError('webhook_address_refused', `The webhook address is refused: ${why}.`, { pointer: '/url' });

/**
 * Reads a URL that a customer named and refuses what can be told from its spelling alone. The URL parser turns every
 * spelling of an IPv4 address (decimal, hexadecimal, octal, short) into the usual one first; an address in the URL is
 * judged here because no lookup will happen for it.
 *
 * @throws AtlasError webhook_address_refused
 */
export function admitUrl(text: string, hostsOpened: readonly string[]): AdmittedUrl {
  if (!URL.canParse(text)) throw refuseAddress('it is not a URL');
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
  if (url.username !== '' || url.password !== '') throw refuseAddress('it holds a user name or password');
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  if (web && hostsOpened.includes(host)) return { url, host, opened: true };
  if (url.protocol !== 'https:') throw refuseAddress('it is not https');
  if (url.port !== '') throw refuseAddress('only port 443 is allowed');
  if (isIP(host) !== 0) {
    if (!isPublicAddress(host)) throw refuseAddress('it is not a public address');
  } else if (!host.includes('.') || innerDomains.some((domain) => host === domain || host.endsWith(`.${domain}`))) {
    throw refuseAddress('its host name is not a public one');
  }
  return { url, host, opened: false };
}
