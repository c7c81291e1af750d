import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AtlasError, type ErrorCode, errorTable, toAtlasError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { describeError, type Log } from '../shared/log.ts';
import type { Problem } from '../shared/schema/index.ts';

/** A request as node:http gives it; the Functions Framework adds the bytes of the body that it has read. */
export type HttpRequest = IncomingMessage & { rawBody?: Buffer };

/** One request under way. */
export interface Exchange {
  readonly req: HttpRequest;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Facts for the log line, filled in while they become known. */
  readonly facts: Record<string, unknown>;
}

/** What an error may carry into its problem document beyond code and pointer. */
export interface ProblemExtras {
  readonly errors?: readonly { pointer: string; message: string }[];
  readonly retryAfterS?: number;
  readonly headers?: Record<string, string>;
}

/** Answers are data for programs: never rendered, framed, guessed at or kept by a cache on the way. */
const safeHeaders: Record<string, string> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const problemType = (code: ErrorCode): string => `https://atlas-3d.dev/problems/${code}`;

/** The RFC 9457 document of an error: what a caller may know of it, never a stack. */
export function problemOf(error: AtlasError & ProblemExtras, requestId: string): Problem {
  const { status, title, remedy } = errorTable[error.code];
  return {
    type: problemType(error.code),
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(error.pointer === undefined ? {} : { pointer: error.pointer }),
    requestId,
    remedy,
    ...(error.errors ? { errors: [...error.errors] } : {}),
  };
}

function refuse({ req, res, requestId, facts }: Exchange, thrown: unknown, log: Log): void {
  if (req.destroyed && !req.complete) {
    // The client hung up while it was sending: nobody is left to answer, and nothing of ours failed.
    facts.hungUp = true;
    res.destroy();
    return;
  }
  const error: AtlasError & ProblemExtras = toAtlasError(thrown);
  const rule = errorTable[error.code];
  facts.code = error.code;
  if (rule.status >= 500) log('ERROR', 'request failed', { requestId, error: describeError(thrown) });
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const text = JSON.stringify(problemOf(error, requestId));
  const headers: Record<string, string | number> = {
    ...error.headers,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(text),
  };
  if (rule.retryable) headers['retry-after'] = error.retryAfterS ?? 1;
  // What is left of a body that was refused is not read; the connection cannot be used again.
  if (!req.complete) headers.connection = 'close';
  res.writeHead(rule.status, headers).end(req.method === 'HEAD' ? undefined : text);
}

/**
 * Makes an HTTP function of a handler that may throw: gives each request an id, answers errors as problem documents and
 * writes one log line. The function itself never rejects.
 */
export function httpFunction(
  log: Log,
  handle: (exchange: Exchange) => Promise<void>,
): (req: HttpRequest, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    const startedMs = performance.now();
    const exchange: Exchange = { req, res, requestId: newId('req'), facts: {} };
    res.setHeader('x-request-id', exchange.requestId);
    for (const [name, value] of Object.entries(safeHeaders)) res.setHeader(name, value);
    try {
      await handle(exchange);
    } catch (thrown) {
      refuse(exchange, thrown, log);
    }
    log('INFO', 'request', {
      requestId: exchange.requestId,
      method: req.method,
      status: res.statusCode,
      ms: Math.round(performance.now() - startedMs),
      ...exchange.facts,
    });
  };
}
