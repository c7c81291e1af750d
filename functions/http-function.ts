import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AtlasError, type ErrorCode, errorTable, toAtlasError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { describeError, type Log } from '../shared/log.ts';
import type { Span } from '../shared/ports/index.ts';
import type { Problem } from '../shared/schema/index.ts';
import { callerTrace } from './caller-trace.ts';
import type { Deps } from './context.ts';

/** A request as node:http gives it; the Functions Framework adds the bytes of the body that it has read. */
export type HttpRequest = IncomingMessage & { rawBody?: Buffer };

/** One request under way. */
export interface Exchange {
  readonly req: HttpRequest;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Facts for the log line, filled in while they become known. */
  readonly facts: Record<string, unknown>;
  readonly span: Span;
  /** To be awaited before the last byte of an answer: ends the span and lets it be sent. */
  ending(status: number): Promise<void>;
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

async function refuse(
  { req, res, requestId, facts, span, ending }: Exchange,
  thrown: unknown,
  log: Log,
): Promise<void> {
  if (req.destroyed && !req.complete) {
    // The client hung up while it was sending: nobody is left to answer, and nothing of ours failed.
    facts.hungUp = true;
    res.destroy();
    return;
  }
  const error: AtlasError & ProblemExtras = toAtlasError(thrown);
  const rule = errorTable[error.code];
  facts.code = error.code;
  if (rule.status >= 500) {
    log('ERROR', 'request failed', { requestId, error: describeError(thrown) });
    span.fail(error.code, error.message);
  }
  span.set({ 'error.type': error.code });
  await ending(res.headersSent ? res.statusCode : rule.status);
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
 * Makes an HTTP function of a handler that may throw: gives each request an id and a span, answers errors as problem
 * documents, and writes one log line. The function itself never rejects.
 */
export function httpFunction(
  { log, telemetry }: Pick<Deps, 'log' | 'telemetry'>,
  handle: (exchange: Exchange) => Promise<void>,
): (req: HttpRequest, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    const startedMs = performance.now();
    const [method = 'GET', requestId, facts] = [req.method, newId('req'), {} as Exchange['facts']];
    res.setHeader('x-request-id', requestId);
    for (const [name, value] of Object.entries(safeHeaders)) res.setHeader(name, value);
    const attributes = { 'http.request.method': method, 'faas.trigger': 'http', 'atlas.request.id': requestId };
    const entry = { kind: 'server', isEntry: true, parent: callerTrace(req.headers), attributes } as const;
    await telemetry.span(method, entry, async (span) => {
      const ending = async (status: number): Promise<void> => {
        span.set({ 'http.response.status_code': status });
        span.end();
        await telemetry.flush('due');
      };
      const exchange: Exchange = { req, res, requestId, facts, span, ending };
      await handle(exchange).catch((thrown: unknown) => refuse(exchange, thrown, log));
      const ms = performance.now() - startedMs;
      log('INFO', 'request', { requestId, method, status: res.statusCode, ms: Math.round(ms), ...facts });
      const { route = 'none', code } = facts;
      const status = `${Math.floor(res.statusCode / 100)}xx`;
      telemetry.measure('atlas_request_seconds', ms / 1000, { route: String(route), status });
      if (code !== undefined) telemetry.measure('atlas_refusals_total', 1, { code: String(code) });
    });
  };
}
