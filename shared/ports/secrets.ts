/** One version of a secret. Its bytes never change; a rotation adds a version. */
export interface SecretVersion {
  /** A number as text, `1` for the first. */
  readonly version: string;
  readonly bytes: Uint8Array;
}

/**
 * Secrets by name, each in versions: the newest is for what is written from now on, older ones for what was written
 * under them. Names are lower-case letters, digits and hyphens.
 *
 * @throws AtlasError store_unavailable when the secrets cannot be asked, internal when what they answer is damaged or
 * may not be read
 */
export interface Secrets {
  /** The newest version; kept for some minutes. @throws AtlasError not_found when the secret has none */
  latest(name: string): Promise<SecretVersion>;
  /** @throws AtlasError not_found when there is no such version */
  version(name: string, version: string): Promise<SecretVersion>;
}
