import { createHash, createPublicKey, sign } from 'node:crypto';
import type { Signer, SigningKey } from '../../ports/index.ts';
import { fileSigningKey } from './file-keys.ts';

/** A signer that knows its key at once. */
export type FileSigner = Signer & SigningKey;

/** Signs with an Ed25519 key in a local file. The key id is the SHA-256 of the public key in DER. */
export function fileSigner(path: string): FileSigner {
  const privateKey = fileSigningKey(path);
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const key: SigningKey = {
    keyId: `sha256:${createHash('sha256').update(der).digest('hex')}`,
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
  return { ...key, key: async () => key, sign: async (bytes) => sign(null, bytes, privateKey) };
}
