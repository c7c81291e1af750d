import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { openReceipt, preAuthenticationEncoding } from '../../receipt/dsse.ts';
import { kmsSigner } from './kms-signer.ts';

const keyVersion = 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1';
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers as Cloud KMS does, with a key of its own; `change` spoils the answers. */
async function kms(change: { algorithm?: string; failures?: number; spoil?: boolean } = {}) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const calls: string[] = [];
  let failures = change.failures ?? 0;
  const server = createServer(async (req, res) => {
    calls.push(`${req.method} ${req.url} ${req.headers.authorization}`);
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const json = (status: number, value: unknown) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (failures-- > 0) return json(503, { error: { status: 'UNAVAILABLE' } });
    if (req.method === 'GET' && req.url === `/v1/${keyVersion}/publicKey`) {
      const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
      return json(200, { name: keyVersion, algorithm: change.algorithm ?? 'EC_SIGN_ED25519', pem });
    }
    if (req.method === 'POST' && req.url === `/v1/${keyVersion}:asymmetricSign`) {
      const { data } = JSON.parse(Buffer.concat(parts).toString()) as { data: string };
      const signature = sign(null, Buffer.from(data, 'base64'), privateKey);
      if (change.spoil) signature.writeUInt8(signature.readUInt8(0) ^ 1, 0);
      return json(200, { name: keyVersion, signature: signature.toString('base64') });
    }
    return json(403, { error: { status: 'PERMISSION_DENIED' } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signer = (name = keyVersion) => kmsSigner(name, { baseUrl, token: async () => 'access' });
  return { signer, publicKey, calls };
}

test('what is signed verifies with the public key that is told, under its usual key id', async () => {
  const { signer, publicKey, calls } = await kms();
  const ours = signer();
  const { keyId, publicKeyPem } = await ours.key();
  const der = publicKey.export({ format: 'der', type: 'spki' });
  expect(keyId).toBe(`sha256:${createHash('sha256').update(der).digest('hex')}`);
  const payload = Buffer.from('{}');
  const sig = await ours.sign(preAuthenticationEncoding('application/vnd.in-toto+json', payload));
  const envelope = {
    payload: payload.toString('base64'),
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ keyid: keyId, sig: Buffer.from(sig).toString('base64') }],
  };
  // The signature holds, so that it is the payload which is refused: an empty object is no receipt.
  expect(() => openReceipt(envelope, [publicKeyPem])).toThrow('not an Atlas receipt');
  expect(calls.filter((call) => call.startsWith('GET'))).toHaveLength(1);
  expect(calls.every((call) => call.endsWith('Bearer access'))).toBe(true);
});

test('an answer that fails for a moment is asked for again', async () => {
  const { signer, calls } = await kms({ failures: 1 });
  await signer().sign(Buffer.from('x'));
  expect(calls).toHaveLength(3);
});

test.each([
  ['a spoiled signature', { spoil: true }, keyVersion, 'store_unavailable'],
  ['a key of another algorithm', { algorithm: 'EC_SIGN_P256_SHA256' }, keyVersion, 'internal'],
  ['a key that we may not use', {}, 'projects/p/other', 'internal'],
])('%s is refused', async (_, change, name, code) => {
  const { signer } = await kms(change);
  await expect(signer(name).sign(Buffer.from('x'))).rejects.toMatchObject({ code });
});

test('more bytes than Cloud KMS signs are refused before they are sent', async () => {
  const { signer, calls } = await kms();
  await expect(signer().sign(new Uint8Array(65_537))).rejects.toMatchObject({ code: 'count_over_limit' });
  expect(calls).toEqual([]);
});
