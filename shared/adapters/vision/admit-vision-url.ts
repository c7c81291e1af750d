import { AtlasError } from '../../errors.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address of chat completions below a base URL that the operator set. It may be private (a model server of one’s
 * own); but a key leaves this machine only over https, and none stands in the URL.
 *
 * @throws AtlasError invalid_request
 */
export function admitVisionUrl(base: string, sendsKey: boolean): URL {
  const refuse = (why: string): AtlasError => new AtlasError('invalid_request', `ATLAS_VISION_URL ${why}.`);
  if (!URL.canParse(base)) throw refuse('is not a URL');
  const url = new URL(base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('is neither https nor http');
  if (url.username !== '' || url.password !== '') throw refuse('holds a user name or password');
  if (sendsKey && url.protocol === 'http:' && !loopback.has(url.hostname)) {
    throw refuse('is http to another machine: the key would be readable on its way');
  }
  url.hash = '';
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/chat/completions') ? path : `${path}/chat/completions`;
  return url;
}
