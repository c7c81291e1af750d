import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
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

/** Connections are kept; one that is idle does not keep the process. */
const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

/**
 * The client for real use, over `node:http`: `fetch` gives up after 300 s without headers, while a call may wait 1,800 s.
 * A kept connection that the server had closed meanwhile is replaced by a new one.
 * @throws ResourceLimitError when the response is over Google's limit
 */
export const nodeHttpClient: HttpClient = (request) => {
  return exchange(request).catch((thrown: unknown) => {
    if (thrown instanceof StaleConnection) return exchange(request);
    throw thrown;
  });
};

class StaleConnection extends Error {}

function exchange({ method, url, headers, body, signal }: HttpRequest): Promise<HttpResponse> {
  const secure = url.startsWith('https:');
  const send = secure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': body.byteLength };
    const agent = secure ? agents.https : agents.http;
    const request = send(url, { method, agent, signal, headers: { ...headers, ...length } });
    let answered = false;
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && error.code === 'ECONNRESET' && !answered;
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    request.on('response', (response) => {
      answered = true;
      readAnswer(response).then(resolve, reject);
    });
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<HttpResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limits.httpResponseBytes) {
      throw languageError('ResourceLimitError', `the response has more than ${limits.httpResponseBytes} bytes`);
    }
    chunks.push(chunk);
  }
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value ?? '')]);
  return { code: response.statusCode ?? 0, headers: Object.fromEntries(headers), body: Buffer.concat(chunks) };
}
