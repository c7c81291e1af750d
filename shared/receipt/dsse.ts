import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { AtlasError } from '../errors.ts';
import type { Signer } from '../ports/index.ts';
import { Receipt, ReceiptEnvelope, receiptPayloadType } from '../schema/index.ts';

/** DSSE pre-authentication encoding, https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Signs a receipt into its envelope. The payload is the exact text that is signed. */
export async function signReceipt(receipt: Receipt, signer: Signer): Promise<ReceiptEnvelope> {
  const payload = Buffer.from(JSON.stringify(receipt));
  const { keyId } = await signer.key();
  const sig = await signer.sign(preAuthenticationEncoding(receiptPayloadType, payload));
  return {
    payload: payload.toString('base64'),
    payloadType: receiptPayloadType,
    signatures: [{ keyid: keyId, sig: Buffer.from(sig).toString('base64') }],
  };
}

/** The key id that a public key has in envelopes: SHA-256 of its SubjectPublicKeyInfo in DER. */
export function keyIdOf(key: KeyObject): string {
  return `sha256:${createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex')}`;
}

/** @throws AtlasError invalid_request */
function trustedKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new AtlasError('invalid_request', 'A trusted key is not a key in PEM.', { cause });
  }
  throw new AtlasError('invalid_request', 'A trusted key is not an Ed25519 key.');
}

/** The JSON inside, or undefined when it is none. */
function readPayload(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * Checks an envelope against trusted public keys (PEM) and returns the receipt inside.
 *
 * @throws AtlasError receipt_invalid, or invalid_request for a trusted key that is none
 */
export function openReceipt(envelopeJson: unknown, trustedPem: readonly string[]): Receipt {
  const envelope = ReceiptEnvelope.safeParse(envelopeJson);
  if (!envelope.success)
    throw new AtlasError('receipt_invalid', 'This is not a receipt envelope.', { cause: envelope.error });
  const { payload, payloadType, signatures } = envelope.data;
  const bytes = Buffer.from(payload, 'base64');
  const signed = preAuthenticationEncoding(payloadType, bytes);
  const keys = trustedPem.map(trustedKey);
  const good = signatures.some(({ keyid, sig }) =>
    keys.some((key) => keyIdOf(key) === keyid && verify(null, signed, key, Buffer.from(sig, 'base64'))),
  );
  if (!good) throw new AtlasError('receipt_invalid', 'No signature of a trusted key fits this receipt.');
  const receipt = Receipt.safeParse(readPayload(bytes));
  if (!receipt.success)
    throw new AtlasError('receipt_invalid', 'The signed text is not an Atlas receipt.', { cause: receipt.error });
  return receipt.data;
}
