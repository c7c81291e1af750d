import type { JsonWebKey } from 'node:crypto';
import type { OAuth2Client } from 'google-auth-library';
import { z } from 'zod';
import { AtlasError } from '../../errors.ts';
import type { Caller, Identity } from '../../ports/index.ts';

/** Who signs tokens for Google’s service accounts. */
const issuers = ['https://accounts.google.com', 'accounts.google.com'];
/** Google’s tokens live an hour; a token that claims more is not one of theirs. */
const longestS = 3900;
/** How far clocks may differ; the same as google-auth-library allows. */
const skewS = 300;
/**
 * What stands for the signature when Cloud Run has checked a token before it hands the request on, so that the function
 * cannot use the token elsewhere: https://cloud.google.com/run/docs/authenticating/service-to-service
 */
const signatureRemoved = 'SIGNATURE_REMOVED_BY_GOOGLE';

const Claims = z.looseObject({
  iss: z.string(),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
  email: z.email(),
  email_verified: z.literal(true),
});
type Claims = z.infer<typeof Claims>;

/** Public keys by key id, as PEM or JWK. */
export type SigningKeys = Record<string, string | JsonWebKey>;

export interface GoogleIdentityOptions {
  /** Service accounts that may call. Nobody else may, whatever Cloud Run’s IAM says. */
  readonly callers: readonly string[];
  /**
   * The Cloud Run service that this is, where IAM has checked each token for its signature and its audience, which is an
   * address of the service. Never set for a service that everybody may call: there nobody has checked anything.
   */
  readonly service?: string;
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

/** The claims of a token whose signature somebody else has checked. */
function claimsOf(body: string): Claims | undefined {
  try {
    return Claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

const isCurrent = ({ iat, exp }: Claims, nowS: number): boolean =>
  iat < nowS + skewS && exp > nowS - skewS && exp - iat <= longestS;

/** Cloud Run gives a service several addresses: https://SERVICE-HASH-REGION.a.run.app, https://SERVICE-NUMBER.REGION.run.app */
function isAddressOf(service: string, audience: string): boolean {
  const host = /^https:\/\/([a-z0-9.-]+)(?:\/|$)/.exec(audience)?.[1] ?? '';
  return host.startsWith(`${service}-`) && host.endsWith('.run.app');
}

/**
 * Identity by Google’s OIDC tokens: signed by Google, for this audience, of a service account that may call. Anything else,
 * forged, expired, foreign or for another audience, is nobody. That the keys cannot be had is an error, not a refusal.
 */
export function googleIdentity(options: GoogleIdentityOptions): Identity {
  const minted = new Map<string, { token: string; untilMs: number }>();
  let client: Promise<OAuth2Client> | undefined;
  const library = (): Promise<OAuth2Client> => {
    client ??= import('google-auth-library').then(({ OAuth2Client }) => new OAuth2Client());
    return client;
  };
  const keys =
    options.keys ?? (async () => (await (await library()).getFederatedSignonCertsAsync()).certs as SigningKeys);

  const callerOf = (email: string | undefined): Caller | undefined =>
    email !== undefined && options.callers.includes(email) ? { subject: email } : undefined;

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
      const [, body = '', signature] = token.split('.');
      if (options.service && signature === signatureRemoved) {
        const claims = claimsOf(body);
        const forUs = claims && (claims.aud === audience || isAddressOf(options.service, claims.aud));
        if (!forUs || !issuers.includes(claims.iss) || !isCurrent(claims, Date.now() / 1000)) return undefined;
        return callerOf(claims.email);
      }
      const known = await keys().catch((cause: unknown) => {
        throw new AtlasError('store_unavailable', 'Google’s signing keys are not reachable.', { cause });
      });
      const certificates = known as Parameters<OAuth2Client['verifySignedJwtWithCertsAsync']>[1];
      const ticket = await (await library())
        .verifySignedJwtWithCertsAsync(token, certificates, audience, issuers, longestS)
        .catch(() => undefined);
      const claims = ticket?.getPayload();
      return claims?.email_verified === true ? callerOf(claims.email) : undefined;
    },
  };
}
