import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface PostOptions {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly timeoutMs: number;
}

export interface PostAnswer {
  readonly status: number;
  readonly text: string;
}

const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
/** An answer between parts of Atlas is small; more is a mistake. */
const answerBytes = 4 * 1024 * 1024;

/**
 * POSTs between parts of Atlas and to Google’s APIs, on connections that are kept open. Costs about a third of `fetch`
 * for small messages, which is most of what a stage costs besides its work. Rejects when no answer came in time. A kept
 * connection that turns out to be closed is replaced once, as `fetch` does.
 */
export async function post(url: string, options: PostOptions): Promise<PostAnswer> {
  try {
    return await postOnce(url, options);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    return postOnce(url, options);
  }
}

/** A kept connection that the server closed just as it was used again: it has not seen the request. */
class StaleConnection extends Error {}

function postOnce(url: string, { headers, body, timeoutMs }: PostOptions): Promise<PostAnswer> {
  const secure = url.startsWith('https:');
  const send = secure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      agent: secure ? agents.https : agents.http,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      timeout: timeoutMs,
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    let answered = false;
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && !answered && error.code === 'ECONNRESET';
      reject(stale ? new StaleConnection('the kept connection was closed', { cause: error }) : error);
    });
    request.on('close', () => reject(new Error('the connection ended without an answer')));
    request.on('response', (response) => {
      answered = true;
      const parts: Buffer[] = [];
      let seen = 0;
      response.on('data', (part: Buffer) => {
        seen += part.length;
        if (seen > answerBytes) request.destroy(new Error('the answer is too long'));
        else parts.push(part);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
    });
    request.end(body);
  });
}
