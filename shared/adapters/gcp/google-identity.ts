import type { JsonWebKey } from 'node:crypto';
import type { OAuth2Client } from 'google-auth-library';
import { AtlasError } from '../../errors.ts';
import type { Identity } from '../../ports/index.ts';

/** Who signs tokens for Google’s service accounts. */
const issuers = ['https://accounts.google.com', 'accounts.google.com'];
/** Google’s tokens live an hour; a token that claims more is not one of theirs. */
const longestS = 3900;

/** Public keys by key id, as PEM or JWK. */
export type SigningKeys = Record<string, string | JsonWebKey>;

export interface GoogleIdentityOptions {
  /** Service accounts that may call; any that Google vouches for when absent, where Cloud Run’s IAM has decided. */
  readonly callers?: readonly string[];
  /** Where the issuer’s keys come from; Google’s certificates when absent, which the library keeps. */
  readonly keys?: () => Promise<SigningKeys>;
  /** How an id token is made; by the metadata server or the credentials of this machine when absent. */
  readonly mint?: (audience: string) => Promise<string>;
}

async function mintWithGoogle(audience: string): Promise<string> {
  const { GoogleAuth } = await import('google-auth-library');
  const client = await new GoogleAuth().getIdTokenClient(audience);
  return client.idTokenProvider.fetchIdToken(audience);
}

const expiryOf = (token: string): number => {
  const [, body = ''] = token.split('.');
  return Number((JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as { exp?: unknown }).exp) * 1000;
};

/**
 * Identity by Google’s OIDC tokens: signed by Google, for this audience, of a verified service account. Anything else,
 * forged, expired, foreign or for another audience, is nobody. That the keys cannot be had is an error, not a refusal.
 */
export function googleIdentity(options: GoogleIdentityOptions = {}): Identity {
  const minted = new Map<string, { token: string; untilMs: number }>();
  let client: Promise<OAuth2Client> | undefined;
  const library = (): Promise<OAuth2Client> => {
    client ??= import('google-auth-library').then(({ OAuth2Client }) => new OAuth2Client());
    return client;
  };
  const keys =
    options.keys ?? (async () => (await (await library()).getFederatedSignonCertsAsync()).certs as SigningKeys);

  return {
    async mint(audience) {
      const held = minted.get(audience);
      // Two minutes are enough for any call that is made with it.
      if (held && held.untilMs - Date.now() > 120_000) return held.token;
      const token = await (options.mint ?? mintWithGoogle)(audience).catch((cause: unknown) => {
        throw new AtlasError('store_unavailable', 'Google gave no id token.', { cause });
      });
      minted.set(audience, { token, untilMs: expiryOf(token) });
      return token;
    },
    async verify(token, audience) {
      if (!token) return undefined;
      const known = await keys().catch((cause: unknown) => {
        throw new AtlasError('store_unavailable', 'Google’s signing keys are not reachable.', { cause });
      });
      const certificates = known as Parameters<OAuth2Client['verifySignedJwtWithCertsAsync']>[1];
      const ticket = await (await library())
        .verifySignedJwtWithCertsAsync(token, certificates, audience, issuers, longestS)
        .catch(() => undefined);
      const claims = ticket?.getPayload();
      const subject = claims?.email_verified === true ? claims.email : undefined;
      if (!subject || (options.callers && !options.callers.includes(subject))) return undefined;
      return { subject };
    },
  };
}
