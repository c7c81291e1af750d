import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Outbound } from '../../ports/index.ts';
import { type GuardedOutboundOptions, guardedOutbound } from './guarded-outbound.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<{ url: string; port: number }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, port };
}

const opened = (options: Partial<GuardedOutboundOptions> = {}): Outbound =>
  guardedOutbound({ hostsOpened: ['127.0.0.1'], ...options });

/** Names that resolve to these addresses, one answer after the other. */
function closed(...answers: string[][]): Outbound {
  let asked = 0;
  const resolve = async (): Promise<LookupAddress[]> =>
    (answers[Math.min(asked++, answers.length - 1)] ?? []).map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
  return guardedOutbound({ hostsOpened: [], resolve, timeoutMs: 500 });
}

const post = (outbound: Outbound, url: string) =>
  outbound.post({ url, headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' }, body: '{"ä":1}' });

describe('a POST', () => {
  test('carries headers and body and brings the status', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        seen.push(req.method, req.url, req.headers['webhook-id'], Buffer.concat(chunks).toString());
        res.writeHead(202).end('thanks');
      });
    });
    await expect(post(opened(), url)).resolves.toEqual({ status: 202 });
    expect(seen).toEqual(['POST', '/hook', 'msg_1', '{"ä":1}']);
  });

  test('does not follow a redirect', async () => {
    let reached = 0;
    const inner = await serve((_req, res) => {
      reached += 1;
      res.end();
    });
    const { url } = await serve((_req, res) => res.writeHead(307, { location: inner.url }).end());
    await expect(post(opened(), url)).resolves.toEqual({ status: 307 });
    expect(reached).toBe(0);
  });

  test('cuts an answer that does not end', async () => {
    let sent = 0;
    const { url } = await serve((_req, res) => {
      res.writeHead(200);
      const push = () => {
        while (!res.destroyed && res.write(Buffer.alloc(16_384))) sent += 16_384;
        if (!res.destroyed) res.once('drain', push);
      };
      push();
    });
    await expect(post(opened(), url)).resolves.toEqual({ status: 200 });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test.each<[string, RequestListener]>([
    ['no answer', () => undefined],
    ['an answer that drips', (_req, res) => void res.writeHead(200).write('x')],
  ])('gives up in time on %s', async (_case, listener) => {
    const { url } = await serve(listener);
    await expect(post(opened({ timeoutMs: 100 }), url)).rejects.toThrow(/abort|timeout/i);
  });

  test.each([
    [
      'an upgrade that nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    ],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['an end in the middle', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
    ['nothing but an end', ''],
  ])(
    'fails on %s, well before its time is over',
    async (_case, text) => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(text));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      await expect(post(opened({ timeoutMs: 60_000 }), `http://127.0.0.1:${port}/`)).rejects.toThrow();
      await new Promise((resolve) => server.close(resolve));
    },
    5000,
  );

  test('fails where nobody listens', async () => {
    const { url, port } = await serve(() => undefined);
    await new Promise((resolve) => servers[0]?.close(resolve));
    servers.length = 0;
    expect(port).toBeGreaterThan(0);
    await expect(post(opened(), url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a name', () => {
  test.each([
    ['loopback', ['127.0.0.1']],
    ['the metadata server', ['169.254.169.254']],
    ['a public and a private address', ['8.8.8.8', '10.0.0.1']],
    ['an IPv4-mapped address', ['::ffff:127.0.0.1']],
    ['nothing', []],
  ])('that resolves to %s is refused at creation and at delivery', async (_case, addresses) => {
    const outbound = closed(addresses);
    const refusal = { code: 'webhook_address_refused' };
    await expect(outbound.check('https://hooks.studio.example/')).rejects.toMatchObject(refusal);
    await expect(post(outbound, 'https://hooks.studio.example/')).rejects.toMatchObject(refusal);
  });

  test('that resolves to public addresses passes the check', async () => {
    await expect(
      closed(['8.8.8.8', '2606:4700::1111']).check('https://hooks.studio.example/'),
    ).resolves.toBeUndefined();
  });

  test('that changes to a private address after the check is refused at delivery', async () => {
    const outbound = closed(['8.8.8.8'], ['127.0.0.1']);
    await outbound.check('https://rebind.example/');
    await expect(post(outbound, 'https://rebind.example/')).rejects.toMatchObject({ code: 'webhook_address_refused' });
  });

  test('that does not resolve now may be registered, and is judged at each delivery', async () => {
    const outbound = guardedOutbound({
      hostsOpened: [],
      resolve: () => Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' })),
    });
    await expect(outbound.check('https://later.example/')).resolves.toBeUndefined();
    await expect(post(outbound, 'https://later.example/')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

test.each(['https://127.0.0.1/', 'https://2130706433/', 'https://[::ffff:127.0.0.1]/', 'http://127.0.0.1/'])(
  '%s is refused at delivery although no lookup happens for it',
  async (url) => {
    await expect(post(closed(['8.8.8.8']), url)).rejects.toMatchObject({ code: 'webhook_address_refused' });
  },
);
