import { AtlasError } from '../../errors.ts';

const scope = 'https://www.googleapis.com/auth/cloud-platform';
const timeoutMs = 20_000;
const passing = new Set([408, 429, 500, 502, 503, 504]);
/** Waits before the second and third try of a call that may be repeated. */
const waitsMs = [200, 1000];

/** Access tokens of the account that this process runs as; google-auth-library keeps and renews them. */
export function accessTokens(): () => Promise<string> {
  let auth: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | undefined;
  return async () => {
    auth ??= import('google-auth-library').then(({ GoogleAuth }) => new GoogleAuth({ scopes: [scope] }));
    const token = await (await auth).getAccessToken();
    if (!token) throw new AtlasError('store_unavailable', 'Google gave no access token.');
    return token;
  };
}

/** One of Google’s REST APIs; only calls that may be repeated go through it. */
export type GoogleRest = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<unknown>;

/** @returns a caller that repeats what may pass. It throws AtlasError store_unavailable, not_found or internal. */
export function googleRest(options: { service: string; baseUrl: string; token: () => Promise<string> }): GoogleRest {
  const once = async (method: string, path: string, body: unknown): Promise<Response> =>
    fetch(`${options.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${await options.token()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new AtlasError('store_unavailable', `${options.service} is not reachable.`, { cause });
    });
  return async (method, path, body) => {
    for (let tries = 0; ; tries++) {
      const answer = await once(method, path, body);
      if (answer.ok) return answer.json();
      const wait = waitsMs[tries];
      if (passing.has(answer.status) && wait !== undefined) {
        await answer.body?.cancel();
        await new Promise((resolve) => setTimeout(resolve, wait));
        continue;
      }
      const told = (await answer.text()).slice(0, 300);
      const code = passing.has(answer.status) ? 'store_unavailable' : answer.status === 404 ? 'not_found' : 'internal';
      throw new AtlasError(code, `${options.service} answered ${answer.status}: ${told}`);
    }
  };
}
