import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** `open` lets everything through; `refuse` ends every connection; `silent` keeps them and lets nothing through. */
export type ProxyMode = 'open' | 'refuse' | 'silent';

/** Stands between a client and a server and fails as networks do. */
export interface TcpProxy {
  /** `host:port` for the client. */
  readonly host: string;
  set(mode: ProxyMode): void;
  /** Lets what is sent from now on arrive, and ends the connections once the server has begun to answer. */
  loseNextAnswer(): Promise<void>;
  close(): Promise<void>;
}

/** How long the server may go on with what it has begun to answer. */
const afterAnswerMs = 150;

/** @param target - `host:port` of the server. */
export async function tcpProxy(target: string): Promise<TcpProxy> {
  const [host = '', port = ''] = target.split(':');
  const pairs = new Set<readonly [Socket, Socket]>();
  let mode: ProxyMode = 'open';
  let answered: (() => void) | undefined;
  const cut = (): void => {
    for (const [client, server] of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
  };
  const proxy: Server = createServer((client) => {
    if (mode === 'refuse') {
      client.on('error', () => undefined);
      client.destroy();
      return;
    }
    const server = connect(Number(port), host);
    const pair = [client, server] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes) => {
      if (mode === 'open') server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (answered) answered();
      else if (mode === 'open') client.write(bytes);
    });
    for (const socket of pair) {
      socket.on('error', end);
      socket.on('close', end);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    set(next) {
      // What was kept silent has lost bytes and can only end.
      if (next === 'refuse' || mode === 'silent') cut();
      mode = next;
    },
    async loseNextAnswer() {
      await new Promise<void>((resolve) => {
        answered = resolve;
      });
      await sleep(afterAnswerMs);
      cut();
      answered = undefined;
    },
    async close() {
      cut();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
