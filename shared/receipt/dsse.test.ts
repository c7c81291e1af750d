import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Signer, SigningKey } from '../ports/index.ts';
import { type Receipt, type ReceiptEnvelope, receiptPayloadType, receiptPredicateType } from '../schema/index.ts';
import { keyIdOf, openReceipt, preAuthenticationEncoding, signReceipt } from './dsse.ts';

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();

function signerOf({ privateKey, publicKey } = generateKeyPairSync('ed25519')): Signer & SigningKey {
  const key = { keyId: keyIdOf(publicKey), publicKeyPem: pemOf(publicKey) };
  return {
    ...key,
    key: async () => key,
    sign: async (bytes) => sign(null, bytes, privateKey),
  };
}

const ours = signerOf();
const theirs = signerOf();
const sha256 = createHash('sha256').update('model').digest('hex');
const receipt: Receipt = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'lamp.web.glb', digest: { sha256 }, annotations: { sizeBytes: 5 } }],
  predicateType: receiptPredicateType,
  predicate: {
    jobId: 'job_0123456789abcdef',
    tenantId: 'ten_0123456789abcdef',
    acceptedAt: '2026-11-23T10:00:00.000Z',
    status: 'delivered',
    stages: [],
    verdicts: [],
    usage: [],
    totalMicroUsd: 0,
  },
};
const envelope = await signReceipt(receipt, ours);
const open = (given: unknown, ...trusted: string[]): Receipt => openReceipt(given, trusted);
const payloadText = (given: ReceiptEnvelope): string => Buffer.from(given.payload, 'base64').toString();
const withPayload = (text: string): ReceiptEnvelope => ({ ...envelope, payload: Buffer.from(text).toString('base64') });
const [signature = { keyid: '', sig: '' }] = envelope.signatures;
const flipped = (base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
};

describe('the pre-authentication encoding', () => {
  test('is that of the specification’s example', () => {
    // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md, test vectors
    const bytes = preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(bytes.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  test('counts bytes, not characters', () => {
    expect(preAuthenticationEncoding('ä', Buffer.from('€')).toString()).toBe('DSSEv1 2 ä 3 €');
  });

  test('of two different pairs of type and payload is never the same', () => {
    const part = fc.string({ unit: fc.constantFrom('1', ' ', 'a', '2'), maxLength: 6 });
    fc.assert(
      fc.property(part, part, part, part, (typeA, bodyA, typeB, bodyB) => {
        const same = typeA === typeB && bodyA === bodyB;
        const a = preAuthenticationEncoding(typeA, Buffer.from(bodyA));
        const b = preAuthenticationEncoding(typeB, Buffer.from(bodyB));
        expect(a.equals(b)).toBe(same);
      }),
    );
  });
});

describe('a receipt', () => {
  test('comes back out of its envelope as it was signed', () => {
    expect(open(envelope, ours.publicKeyPem)).toEqual(receipt);
  });

  test('is signed as any DSSE tool would check it', () => {
    // Written out by hand, without this module’s own encoding.
    const body = Buffer.from(envelope.payload, 'base64');
    const signed = Buffer.concat([Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${body.length} `), body]);
    const key = createPublicKey(ours.publicKeyPem);
    expect(verify(null, signed, key, Buffer.from(signature.sig, 'base64'))).toBe(true);
    expect(envelope.payloadType).toBe('application/vnd.in-toto+json');
  });

  test('is the same bytes each time it is signed', async () => {
    expect(await signReceipt(receipt, ours)).toEqual(envelope);
  });

  test('holds when one of several signatures is of a trusted key', () => {
    const foreign = { keyid: theirs.keyId, sig: flipped(signature.sig) };
    expect(open({ ...envelope, signatures: [foreign, signature] }, ours.publicKeyPem)).toEqual(receipt);
  });

  test('holds when one of several trusted keys signed it', () => {
    expect(open(envelope, theirs.publicKeyPem, ours.publicKeyPem)).toEqual(receipt);
  });

  test.each<[string, () => unknown]>([
    [
      'a price that was changed',
      () => withPayload(payloadText(envelope).replace('"totalMicroUsd":0', '"totalMicroUsd":1')),
    ],
    ['a file hash that was changed', () => withPayload(payloadText(envelope).replace(sha256, '0'.repeat(64)))],
    ['its JSON written another way', () => withPayload(JSON.stringify(receipt, null, 2))],
    ['a byte more', () => withPayload(`${payloadText(envelope)} `)],
    ['no payload', () => withPayload('')],
    [
      'a flipped bit in its signature',
      () => ({ ...envelope, signatures: [{ ...signature, sig: flipped(signature.sig) }] }),
    ],
    ['half a signature', () => ({ ...envelope, signatures: [{ ...signature, sig: signature.sig.slice(0, 44) }] })],
    ['an empty signature', () => ({ ...envelope, signatures: [{ ...signature, sig: '' }] })],
    ['the name of another key', () => ({ ...envelope, signatures: [{ ...signature, keyid: theirs.keyId }] })],
    ['no signatures', () => ({ ...envelope, signatures: [] })],
    ['nine signatures', () => ({ ...envelope, signatures: Array(9).fill(signature) })],
    ['another payload type', () => ({ ...envelope, payloadType: 'application/json' })],
    ['a payload that is no base64', () => ({ ...envelope, payload: '{}' })],
    ['an unknown field', () => ({ ...envelope, note: 'x' })],
    ['the bare statement in its place', () => receipt],
    ['a list in its place', () => [envelope]],
    ['nothing in its place', () => undefined],
  ])('with %s does not hold', (_case, tamper) => {
    expect(() => open(tamper(), ours.publicKeyPem)).toThrow(expect.objectContaining({ code: 'receipt_invalid' }));
  });

  test('signed by a stranger does not hold, also under our key’s name', async () => {
    for (const keyId of [theirs.keyId, ours.keyId]) {
      const forged = await signReceipt(receipt, { ...theirs, key: async () => ({ ...(await theirs.key()), keyId }) });
      expect(() => open(forged, ours.publicKeyPem)).toThrow(expect.objectContaining({ code: 'receipt_invalid' }));
    }
  });

  test('does not hold when nobody is trusted', () => {
    expect(() => open(envelope)).toThrow(expect.objectContaining({ code: 'receipt_invalid' }));
  });

  test.each<[string, string]>([
    ['no JSON', 'not json'],
    ['no UTF-8', '\ufffd'],
    ['another statement', JSON.stringify({ ...receipt, predicateType: 'https://slsa.dev/provenance/v1' })],
    ['a receipt with a field too many', JSON.stringify({ ...receipt, predicate: { ...receipt.predicate, extra: 1 } })],
  ])('that is really %s does not hold although it is signed', async (_case, text) => {
    const payload = text === '\ufffd' ? Buffer.of(0xff) : Buffer.from(text);
    const sig = await ours.sign(preAuthenticationEncoding(receiptPayloadType, payload));
    const signed = {
      payload: payload.toString('base64'),
      payloadType: receiptPayloadType,
      signatures: [{ keyid: ours.keyId, sig: Buffer.from(sig).toString('base64') }],
    };
    expect(() => open(signed, ours.publicKeyPem)).toThrow(expect.objectContaining({ code: 'receipt_invalid' }));
  });
});

describe('a trusted key', () => {
  test.each<[string, () => string]>([
    ['no PEM', () => 'ssh-ed25519 AAAA'],
    ['an RSA key', () => pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)],
    ['an Ed448 key', () => pemOf(generateKeyPairSync('ed448').publicKey)],
  ])('that is %s is refused, not passed over', (_case, pem) => {
    expect(() => open(envelope, pem())).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
