import { limits } from '../limits.ts';
import { languageError } from '../workflow-error.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly code: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends a request and answers whatever status comes back; redirects are answers, not followed. Rejects when there is none. */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/** The client for real use: Node's fetch. @throws ResourceLimitError when the response is over Google's limit */
export const fetchHttpClient: HttpClient = async ({ method, url, headers, body, signal }) => {
  const response = await fetch(url, {
    method,
    headers,
    signal,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limits.httpResponseBytes) {
      throw languageError('ResourceLimitError', `the response has more than ${limits.httpResponseBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return { code: response.status, headers: Object.fromEntries(response.headers), body: Buffer.concat(chunks) };
};
