import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { AtlasError } from '../../errors.ts';
import type { Signer, SigningKey } from '../../ports/index.ts';
import { accessTokens, googleRest } from './google-rest.ts';

/** What Cloud KMS signs at most as raw data. A receipt is a few kilobytes. */
const dataBytes = 64 * 1024;

const PublicKey = z.looseObject({ name: z.string(), algorithm: z.string(), pem: z.string() });
const Signature = z.looseObject({ name: z.string(), signature: z.base64() });

interface LoadedKey extends SigningKey {
  readonly publicKey: KeyObject;
}

/**
 * Signs with an Ed25519 key in Cloud KMS (`EC_SIGN_ED25519`, which signs the data itself, no digest). The key id is that
 * of the local signer: the SHA-256 of the public key in DER. Every signature is checked with the public key before it is
 * returned, which finds whatever happened to it on the way.
 *
 * @param keyVersion - projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/V
 */
export function kmsSigner(
  keyVersion: string,
  { baseUrl = 'https://cloudkms.googleapis.com', token = accessTokens() } = {},
): Signer {
  const call = googleRest({ service: 'Cloud KMS', baseUrl, token });
  let loading: Promise<LoadedKey> | undefined;

  const fetchKey = async (): Promise<LoadedKey> => {
    const answer = PublicKey.parse(await call('GET', `/v1/${keyVersion}/publicKey`));
    const publicKey = createPublicKey(answer.pem);
    if (
      answer.name !== keyVersion ||
      answer.algorithm !== 'EC_SIGN_ED25519' ||
      publicKey.asymmetricKeyType !== 'ed25519'
    ) {
      throw new AtlasError('internal', `Cloud KMS has another key than an Ed25519 key under ${keyVersion}.`);
    }
    const der = publicKey.export({ format: 'der', type: 'spki' });
    return {
      publicKey,
      keyId: `sha256:${createHash('sha256').update(der).digest('hex')}`,
      publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    };
  };
  const load = (): Promise<LoadedKey> => {
    loading ??= fetchKey().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };

  return {
    async key() {
      const { keyId, publicKeyPem } = await load();
      return { keyId, publicKeyPem };
    },
    async sign(bytes) {
      if (bytes.byteLength > dataBytes) {
        throw new AtlasError('count_over_limit', `Cloud KMS signs at most ${dataBytes} bytes.`);
      }
      const { publicKey } = await load();
      const body = { data: Buffer.from(bytes).toString('base64') };
      const { signature } = Signature.parse(await call('POST', `/v1/${keyVersion}:asymmetricSign`, body));
      const signed = Buffer.from(signature, 'base64');
      if (!verify(null, bytes, publicKey, signed)) {
        throw new AtlasError('store_unavailable', 'The signature of Cloud KMS does not fit its key.');
      }
      return signed;
    },
  };
}
