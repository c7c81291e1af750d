export interface Caller {
  /** Service account or other stable name of who signed in. */
  readonly subject: string;
}

/** Service-to-service identity: OIDC tokens for an audience. */
export interface Identity {
  mint(audience: string): Promise<string>;
  /** The caller, or undefined when the token is missing, expired, foreign or for another audience. */
  verify(token: string | undefined, audience: string): Promise<Caller | undefined>;
}
