import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { post } from './post.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}
const send = (url: string, timeoutMs = 5000) => post(url, { headers: { a: 'b' }, body: '{"ä":1}', timeoutMs });

describe('a post between parts', () => {
  test('carries headers and body, brings status and text, and keeps its connection', async () => {
    const sockets = new Set<Socket>();
    const { url } = await serve((req, res) => {
      sockets.add(req.socket);
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part));
      req.on('end', () => res.writeHead(202).end(`${req.headers.a} ${Buffer.concat(parts)}`));
    });
    for (let count = 0; count < 3; count++) expect(await send(url)).toEqual({ status: 202, text: 'b {"ä":1}' });
    expect(sockets.size).toBe(1);
  });

  test('is sent again when its kept connection was closed in the meantime', async () => {
    const connections: Socket[] = [];
    // Answers the first request of a connection, and resets the connection at its second one.
    const server = createTcpServer((socket) => {
      connections.push(socket);
      let requests = 0;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        if (++requests > 1) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    closing.push(() => {
      for (const socket of connections) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    for (let count = 0; count < 3; count++) expect(await send(url)).toEqual({ status: 200, text: 'ok' });
    expect(connections).toHaveLength(3);
  });

  test.each<[string, RequestListener]>([
    ['a connection that is cut', (req) => void req.socket.destroy()],
    [
      'half an answer',
      (req, res) => void res.writeHead(200, { 'content-length': 9 }).write('x', () => req.socket.destroy()),
    ],
    ['an answer that is too long', (_req, res) => void res.end(Buffer.alloc(5 * 1024 * 1024))],
  ])('fails on %s', async (_case, listener) => {
    await expect(send((await serve(listener)).url)).rejects.toThrow();
  });

  test('gives up when no answer comes in time', async () => {
    const { url } = await serve(() => undefined);
    await expect(send(url, 50)).rejects.toThrow('no answer within 50 ms');
  });
});
