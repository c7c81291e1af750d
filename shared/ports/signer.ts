export interface SigningKey {
  /** SHA-256 of the public key in DER, as `sha256:<hex>`. */
  readonly keyId: string;
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKeyPem: string;
}

/** Signs receipts with Ed25519. The private key stays where it is (a key service, or a local file). */
export interface Signer {
  /** What verifies the signatures. */
  key(): Promise<SigningKey>;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
