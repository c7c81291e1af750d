import { createHmac, createPublicKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';

/** What signs URLs in the name of a service account, and can tell its own signatures. */
export interface UrlKey {
  /** E-mail address of the account, or id of the HMAC key. */
  readonly accessId: string;
  readonly algorithm: 'GOOG4-RSA-SHA256' | 'GOOG4-HMAC-SHA256';
  /** @param scope - `date/location/storage/goog4_request` */
  sign(text: string, scope: string): Buffer;
  verify(text: string, scope: string, signature: Buffer): boolean;
}

/** A service account’s key pair. The private key is asked for at the first use. */
export function rsaUrlKey(accessId: string, load: () => KeyObject): UrlKey {
  let pair: { privateKey: KeyObject; publicKey: KeyObject } | undefined;
  const keys = () => {
    if (!pair) {
      const privateKey = load();
      pair = { privateKey, publicKey: createPublicKey(privateKey) };
    }
    return pair;
  };
  return {
    accessId,
    algorithm: 'GOOG4-RSA-SHA256',
    sign: (text) => sign('RSA-SHA256', Buffer.from(text), keys().privateKey),
    verify: (text, _scope, signature) => verify('RSA-SHA256', Buffer.from(text), keys().publicKey, signature),
  };
}

/** An HMAC key of Cloud Storage. https://cloud.google.com/storage/docs/authentication/signatures#derive-key */
export function hmacUrlKey(accessId: string, secret: string): UrlKey {
  const digest = (text: string, scope: string): Buffer => {
    const mac = (key: string | Buffer, part: string) => createHmac('sha256', key).update(part).digest();
    return mac(scope.split('/').reduce<string | Buffer>(mac, `GOOG4${secret}`), text);
  };
  return {
    accessId,
    algorithm: 'GOOG4-HMAC-SHA256',
    sign: digest,
    verify(text, scope, signature) {
      const right = digest(text, scope);
      return signature.length === right.length && timingSafeEqual(signature, right);
    },
  };
}
