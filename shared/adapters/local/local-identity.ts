import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller, Clock, Identity } from '../../ports/index.ts';

const issuer = 'atlas-local';
const lifetimeS = 600;
/** A token is minted anew when it has less than this left. */
const marginS = 120;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Identity inside one local installation: JSON web tokens (RFC 7519, HS256) with a key that only this installation has.
 * Stands where Google’s OIDC tokens stand in the cloud, so that every call between parts is authenticated in each mode.
 */
export function localIdentity(secret: Uint8Array, clock: Clock, subject = 'atlas'): Identity {
  const header = encode({ alg: 'HS256', typ: 'JWT' });
  const cache = new Map<string, { token: string; expiresS: number }>();
  const signature = (text: string): Buffer => createHmac('sha256', secret).update(text).digest();
  const nowS = (): number => Math.floor(clock.now().getTime() / 1000);

  const claims = (token: string): { iss?: unknown; aud?: unknown; sub?: unknown; exp?: unknown } | undefined => {
    const [head, body, given, ...rest] = token.split('.');
    if (head !== header || !body || !given || rest.length > 0) return undefined;
    const right = signature(`${head}.${body}`);
    const bytes = Buffer.from(given, 'base64url');
    if (bytes.length !== right.length || !timingSafeEqual(bytes, right)) return undefined;
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  };

  return {
    async mint(audience) {
      const held = cache.get(audience);
      if (held && held.expiresS - nowS() > marginS) return held.token;
      const expiresS = nowS() + lifetimeS;
      const body = `${header}.${encode({ iss: issuer, aud: audience, sub: subject, iat: nowS(), exp: expiresS })}`;
      const token = `${body}.${signature(body).toString('base64url')}`;
      cache.set(audience, { token, expiresS });
      return token;
    },
    async verify(token, audience): Promise<Caller | undefined> {
      const found = token === undefined ? undefined : claims(token);
      if (found?.iss !== issuer || found.aud !== audience || typeof found.sub !== 'string') return undefined;
      return typeof found.exp === 'number' && found.exp > nowS() ? { subject: found.sub } : undefined;
    },
  };
}
