import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { rsaUrlKey, type UrlKey } from './gcs/url-key.ts';

/** Reads the file, or makes it once with `make`; two processes that race end with the same bytes. */
function readOrMake(path: string, make: () => string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}`;
  writeFileSync(part, make(), { mode: 0o600 });
  try {
    linkSync(part, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(part);
  }
  return readFileSync(path, 'utf8');
}

/** The Ed25519 private key in a PEM file that only its owner reads; made on first use. */
export function fileSigningKey(path: string): KeyObject {
  const pem = readOrMake(path, () =>
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  );
  return createPrivateKey(pem);
}

/** In whose name this installation signs URLs. */
export const localAccount = 'atlas@atlas-local.iam.gserviceaccount.com';

/** The RSA key pair of a service account in a PEM file that only its owner reads; made when the first URL is signed. */
export function fileUrlKey(path: string): UrlKey {
  const make = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return rsaUrlKey(localAccount, () => createPrivateKey(readOrMake(path, make)));
}

/** 32 secret bytes in a file that only its owner reads; made on first use. */
export function fileSecret(path: string): Uint8Array {
  return Buffer.from(
    readOrMake(path, () => randomBytes(32).toString('hex')),
    'hex',
  );
}
