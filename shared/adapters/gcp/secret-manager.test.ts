import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { secretsContract } from '../../testing/contracts/secrets-contract.ts';
import { crc32c } from '../local/crc32c.ts';
import { secretManager } from './secret-manager.ts';

interface Version {
  readonly bytes: Buffer;
  state: 'ENABLED' | 'DISABLED' | 'DESTROYED';
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/**
 * Speaks the part of Secret Manager’s REST API that reads: `latest` is the version made last, whatever its state; numbers
 * stand for themselves; disabled and destroyed versions are a failed precondition; the answer names the project by number.
 */
async function manager() {
  const secrets = new Map<string, Version[]>();
  const calls: string[] = [];
  const faults = { unavailable: 0, spoil: false, broken: undefined as unknown };
  const server = createServer((req, res) => {
    const json = (status: number, value: unknown) =>
      res.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(value));
    const error = (code: number, status: string, message: string) => json(code, { error: { code, status, message } });
    calls.push(`${req.method} ${req.url}`);
    if (req.headers.authorization !== 'Bearer access') return error(401, 'UNAUTHENTICATED', 'no credentials');
    if (faults.unavailable > 0) {
      faults.unavailable--;
      return error(503, 'UNAVAILABLE', 'try again');
    }
    if (faults.broken !== undefined) return json(200, faults.broken);
    const [, project, name = '', wanted = ''] =
      /^\/v1\/projects\/([^/]+)\/secrets\/([^/]+)\/versions\/([^/:]+):access$/.exec(req.url ?? '') ?? [];
    if (req.method !== 'GET' || project !== 'p') return error(403, 'PERMISSION_DENIED', 'not yours');
    const versions = secrets.get(name) ?? [];
    const number = wanted === 'latest' ? versions.length : Number(wanted);
    const version = versions[number - 1];
    if (!version) return error(404, 'NOT_FOUND', `Secret Version [${name}/${wanted}] not found.`);
    if (version.state !== 'ENABLED') return error(400, 'FAILED_PRECONDITION', `it is in ${version.state} state`);
    const data = Buffer.from(version.bytes);
    const dataCrc32c = String(crc32c(data));
    if (faults.spoil) data.writeUInt8(data.readUInt8(0) ^ 1, 0);
    json(200, {
      name: `projects/123456/secrets/${name}/versions/${number}`,
      payload: { data: data.toString('base64'), dataCrc32c },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let nowMs = 0;
  const add = async (name: string, bytes: Uint8Array) => {
    secrets.set(`atlas-${name}`, [
      ...(secrets.get(`atlas-${name}`) ?? []),
      { bytes: Buffer.from(bytes), state: 'ENABLED' },
    ]);
  };
  await add('one', randomBytes(32));
  await add('other', randomBytes(32));
  return {
    ...{ calls, faults, secrets, add },
    advance: (ms: number) => {
      nowMs += ms;
    },
    open: () =>
      secretManager({ project: 'p', prefix: 'atlas-', baseUrl, token: async () => 'access', now: () => nowMs }),
  };
}

secretsContract('Secret Manager', manager);

test('the newest version is asked for once in five minutes, by all at once; a rotation is seen after them', async () => {
  const { open, add, calls, advance } = await manager();
  const secrets = open();
  await Promise.all(Array.from({ length: 8 }, () => secrets.latest('one')));
  await add('one', Buffer.alloc(32, 1));
  advance(299_999);
  expect((await secrets.latest('one')).version).toBe('1');
  expect(calls).toHaveLength(1);
  advance(1);
  expect((await secrets.latest('one')).version).toBe('2');
  expect(calls).toHaveLength(2);
});

test('a version is asked for once', async () => {
  const { open, calls } = await manager();
  const secrets = open();
  await secrets.latest('one');
  await secrets.version('one', '1');
  await secrets.version('one', '1');
  expect(calls).toHaveLength(1);
});

test('while Secret Manager does not answer, the version that is known goes on; without one it is an outage', async () => {
  const { open, add, faults, advance } = await manager();
  const secrets = open();
  await secrets.latest('one');
  await add('one', Buffer.alloc(32, 1));
  advance(300_000);
  faults.unavailable = 3;
  expect((await secrets.latest('one')).version).toBe('1');
  expect(faults.unavailable).toBe(0);
  faults.unavailable = 3;
  await expect(open().latest('one')).rejects.toMatchObject({ code: 'store_unavailable' });
});

test('an answer that fails for a moment is asked for again', async () => {
  const { open, faults } = await manager();
  faults.unavailable = 1;
  expect((await open().latest('one')).version).toBe('1');
});

test('a payload that was damaged on its way is not used', async () => {
  const { open, faults } = await manager();
  faults.spoil = true;
  await expect(open().latest('one')).rejects.toMatchObject({ code: 'store_unavailable' });
  await expect(open().version('one', '1')).rejects.toMatchObject({ code: 'store_unavailable' });
});

test.each<[string, unknown]>([
  ['nothing', {}],
  ['no checksum', { name: 'projects/1/secrets/s/versions/1', payload: { data: 'AAAA' } }],
  ['no version', { name: 'projects/1/secrets/s', payload: { data: 'AAAA', dataCrc32c: '0' } }],
])('an answer with %s is an error of ours, not a secret', async (_case, broken) => {
  const { open, faults } = await manager();
  faults.broken = broken;
  await expect(open().latest('one')).rejects.toMatchObject({ code: 'internal' });
});

test.each(['DISABLED', 'DESTROYED'] as const)(
  'a version that is %s opens nothing, and the error says so',
  async (state) => {
    const { open, secrets } = await manager();
    for (const version of secrets.get('atlas-one') ?? []) version.state = state;
    await expect(open().version('one', '1')).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(state) as unknown,
    });
  },
);

test('a secret without a version is not there', async () => {
  const { open } = await manager();
  await expect(open().latest('none')).rejects.toMatchObject({ code: 'not_found' });
});
