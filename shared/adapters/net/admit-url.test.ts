import { describe, expect, test } from '@jest/globals';
import { AtlasError } from '../../errors.ts';
import { admitUrl } from './admit-url.ts';

const refusal = (url: string, hostsOpened: readonly string[] = []): string => {
  try {
    admitUrl(url, hostsOpened);
  } catch (error) {
    if (error instanceof AtlasError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'admitted';
};

describe('a webhook address is admitted', () => {
  test.each([
    'https://studio.example/hooks',
    'https://studio.example:443/hooks?a=1',
    'https://studio.example./hooks',
    'https://8.8.8.8/hooks',
    'https://[2606:4700::1111]/hooks',
    'https://xn--bcher-kva.example/',
  ])('%s', (url) => expect(refusal(url)).toBe('admitted'));
});

describe('a webhook address is refused', () => {
  test.each([
    ['plain http', 'http://studio.example/'],
    ['another scheme', 'ftp://studio.example/'],
    ['a file', 'file:///etc/passwd'],
    ['a script', 'javascript:alert(1)'],
    ['no URL', 'studio.example'],
    ['another port', 'https://studio.example:8443/'],
    ['port 80', 'https://studio.example:80/'],
    ['a user', 'https://user@studio.example/'],
    ['a user and password', 'https://user:pass@studio.example/'],
    ['a user that looks like a host', 'https://studio.example@127.0.0.1/'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback with a dot', 'https://127.0.0.1./'],
    ['short loopback', 'https://127.1/'],
    ['decimal loopback', 'https://2130706433/'],
    ['hexadecimal loopback', 'https://0x7f000001/'],
    ['mixed hexadecimal loopback', 'https://0x7f.1/'],
    ['octal loopback', 'https://0177.0.0.1/'],
    ['full-width digits', 'https://１２７.０.０.１/'],
    ['circled digits', 'https://①②⑦.⓪.⓪.①/'],
    ['percent-encoded digits', 'https://%31%32%37.0.0.1/'],
    ['zero', 'https://0/'],
    ['all zeros', 'https://0.0.0.0/'],
    ['another loopback', 'https://127.8.8.8/'],
    ['private 10', 'https://10.0.0.5/'],
    ['private 172.16', 'https://172.16.3.4/'],
    ['private 192.168', 'https://192.168.0.1/'],
    ['carrier-grade', 'https://100.64.0.1/'],
    ['metadata server', 'https://169.254.169.254/computeMetadata/v1/'],
    ['decimal metadata server', 'https://2852039166/'],
    ['IPv6 loopback', 'https://[::1]/'],
    ['long IPv6 loopback', 'https://[0:0:0:0:0:0:0:1]/'],
    ['IPv6 any', 'https://[::]/'],
    ['IPv4-mapped IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['IPv4-mapped IPv6 in hexadecimal', 'https://[::ffff:7f00:1]/'],
    ['IPv4-mapped metadata server', 'https://[::ffff:169.254.169.254]/'],
    ['IPv4-compatible IPv6', 'https://[::127.0.0.1]/'],
    ['NAT64', 'https://[64:ff9b::7f00:1]/'],
    ['6to4', 'https://[2002:7f00:1::]/'],
    ['unique local', 'https://[fd00::1]/'],
    ['link-local', 'https://[fe80::1]/'],
    ['localhost', 'https://localhost/'],
    ['LOCALHOST', 'https://LOCALHOST/'],
    ['localhost with a dot', 'https://localhost./'],
    ['localhost with two dots', 'https://localhost../'],
    ['a name below localhost', 'https://api.localhost/'],
    ['a name without a domain', 'https://intranet/'],
    ['Google’s metadata host', 'https://metadata.google.internal/'],
    ['Google’s metadata host with a dot', 'https://metadata.google.internal./'],
    ['Google’s short metadata host', 'https://metadata/'],
    ['a multicast-DNS name', 'https://printer.local/'],
    ['a home network name', 'https://nas.home.arpa/'],
    ['a cluster name', 'https://api.default.svc.cluster.local/'],
  ])('%s: %s', (_case, url) => expect(refusal(url)).toBe('webhook_address_refused /url'));
});

describe('a host that the operator opened', () => {
  test.each(['http://127.0.0.1:9000/hook', 'https://127.0.0.1/', 'http://localhost:1/', 'http://[::1]:80/'])(
    'is reached over http and on any port: %s',
    (url) => expect(refusal(url, ['127.0.0.1', 'localhost', '::1'])).toBe('admitted'),
  );

  test.each(['http://127.0.0.2/', 'ftp://127.0.0.1/', 'http://u:p@127.0.0.1/', 'http://localhost.evil.example/'])(
    'opens nothing else: %s',
    (url) => expect(refusal(url, ['127.0.0.1', 'localhost'])).toBe('webhook_address_refused /url'),
  );
});
