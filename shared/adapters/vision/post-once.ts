import type { NoVoteReason } from '../../schema/index.ts';

/** What one request came to. */
export type Exchange =
  | { readonly kind: 'body'; readonly body: string }
  /** May pass: worth another try, and nothing was billed. */
  | { readonly kind: 'again'; readonly reason: NoVoteReason; readonly waitMs: number }
  /** Final. `mayBeBilled`: the endpoint may have worked on it. */
  | { readonly kind: 'failed'; readonly reason: NoVoteReason; readonly mayBeBilled: boolean };

/** Reads at most `limit` bytes. Undefined when there are more; the connection is cut then. */
async function readBounded(answer: Response, limit: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Seconds that the endpoint asks for; 0 when it does not say. Dates are not read. */
const retryAfterMs = (answer: Response): number => {
  const seconds = Number(answer.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
};

/** POSTs JSON once. Follows no redirect: the key is for this address only. */
export async function postOnce(
  url: URL,
  request: { readonly body: string; readonly token: string | undefined },
  limits: { readonly signal: AbortSignal; readonly answerBytes: number },
): Promise<Exchange> {
  const { token, body } = request;
  const { signal, answerBytes } = limits;
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body,
      redirect: 'manual',
      signal,
    });
  } catch {
    if (signal.aborted) return { kind: 'failed', reason: 'timed_out', mayBeBilled: true };
    return { kind: 'again', reason: 'unreachable', waitMs: 0 };
  }
  if (!answer.ok) {
    await answer.body?.cancel().catch(() => undefined);
    if (answer.status === 429 || answer.status >= 500) {
      return { kind: 'again', reason: 'overloaded', waitMs: retryAfterMs(answer) };
    }
    return { kind: 'failed', reason: 'refused', mayBeBilled: false };
  }
  try {
    const text = await readBounded(answer, answerBytes);
    return text === undefined
      ? { kind: 'failed', reason: 'too_long', mayBeBilled: true }
      : { kind: 'body', body: text };
  } catch {
    return { kind: 'failed', reason: signal.aborted ? 'timed_out' : 'cut_off', mayBeBilled: true };
  }
}
