/** Signs receipts. The private key stays where it is (a key service, or a local file). */
export interface Signer {
  readonly keyId: string;
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKeyPem: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
