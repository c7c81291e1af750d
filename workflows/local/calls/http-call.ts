import { stringOf } from '../expression/string-of.ts';
import { limits } from '../limits.ts';
import { mapArg, numberArg, stringArg } from '../stdlib/std-function.ts';
import { isList, type Value, type ValueMap } from '../value.ts';
import { errorMap, languageError, WorkflowError } from '../workflow-error.ts';
import { readBody, writeBody } from './http-body.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import { orAborted } from './or-aborted.ts';

/** Mints a token for an audience (OIDC) or a scope (OAuth2). */
export type TokenMinter = (audience: string) => Promise<string>;

const userAgent = 'GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)';

// What Node and undici report when a connection was never made; anything later is a ConnectionError.
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

// What Node reports when a method, path or header has characters that HTTP cannot carry.
const neverSent = new Set(['ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN', 'ERR_UNESCAPED_CHARACTERS']);

/** Makes the HTTP call of a step. @throws WorkflowError: HttpError from status 400 on, connection, timeout and auth errors */
export async function httpCall(
  target: string,
  args: ValueMap,
  tools: { client: HttpClient; mintToken: TokenMinter; signal: AbortSignal },
): Promise<Value> {
  const seconds = Number(numberArg(args.get('timeout') ?? limits.httpDefaultTimeoutSeconds, 'timeout'));
  if (!(seconds > 0 && seconds <= limits.httpTimeoutSeconds)) {
    throw languageError('ValueError', `timeout must be above 0 and at most ${limits.httpTimeoutSeconds} seconds`);
  }
  // A timer of our own, because that of AbortSignal.timeout would live on for minutes after each answer.
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), seconds * 1000);
  try {
    const signal = AbortSignal.any([tools.signal, timeout.signal]);
    const answer = buildRequest(target, args, tools.mintToken, signal).then(tools.client);
    return readResponse(await orAborted(answer, signal));
  } catch (thrown) {
    if (thrown instanceof WorkflowError) throw thrown;
    if (timeout.signal.aborted) throw languageError('TimeoutError', `no answer within ${seconds} seconds`);
    throw connectionError(thrown);
  } finally {
    clearTimeout(timer);
  }
}

async function buildRequest(
  target: string,
  args: ValueMap,
  mintToken: TokenMinter,
  signal: AbortSignal,
): Promise<HttpRequest> {
  const verb = target.slice('http.'.length);
  const method = verb === 'request' ? stringArg(args.get('method'), 'method') : verb;
  const url = buildUrl(stringArg(args.get('url'), 'url'), args.get('query') ?? null);
  const headers = readHeaders(args.get('headers') ?? null);
  const body = args.get('body') ?? null;
  const written = body === null ? undefined : writeBody(body, headers['content-type']);
  if (written !== undefined) headers['content-type'] = written.contentType;
  headers['user-agent'] = headers['user-agent'] === undefined ? userAgent : `${headers['user-agent']} ${userAgent}`;
  const auth = args.get('auth') ?? null;
  if (auth !== null) headers.authorization = `Bearer ${await token(mapArg(auth, 'auth'), url, mintToken)}`;
  return { method: method.toUpperCase(), url, headers, body: written?.bytes, signal };
}

function buildUrl(text: string, query: Value): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw languageError('ValueError', `invalid URL: ${text}`, { cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw languageError('ValueError', `invalid URL: ${text}`);
  if (query === null) return url.href;
  for (const [key, value] of mapArg(query, 'query')) {
    for (const item of isList(value) ? value : [value]) url.searchParams.append(key, stringOf(item));
  }
  return url.href;
}

function readHeaders(headers: Value): Record<string, string> {
  if (headers === null) return {};
  const entries = [...mapArg(headers, 'headers')];
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), stringOf(value)]));
}

async function token(auth: ValueMap, url: string, mintToken: TokenMinter): Promise<string> {
  const type = stringArg(auth.get('type'), 'auth.type');
  if (type !== 'OIDC' && type !== 'OAuth2') throw languageError('ValueError', `unknown auth type: ${type}`);
  const audience = type === 'OIDC' ? stringOf(auth.get('audience') ?? url) : scopeOf(auth);
  try {
    return await mintToken(audience);
  } catch (cause) {
    throw languageError('AuthError', 'credentials for the request could not be made', { cause });
  }
}

function scopeOf(auth: ValueMap): string {
  const scope = auth.get('scope') ?? auth.get('scopes') ?? 'https://www.googleapis.com/auth/cloud-platform';
  return isList(scope) ? scope.map(stringOf).join(' ') : stringOf(scope);
}

function connectionError(thrown: unknown): WorkflowError {
  const code = codeOf(thrown) ?? codeOf((thrown as { cause?: unknown } | null)?.cause);
  if (code !== undefined && neverSent.has(code)) {
    return languageError('ValueError', `the request cannot be written (${code})`, { cause: thrown });
  }
  const tag = code !== undefined && neverConnected.has(code) ? 'ConnectionFailedError' : 'ConnectionError';
  return languageError(tag, code === undefined ? 'the connection broke' : `the connection failed (${code})`, {
    cause: thrown,
  });
}

function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function readResponse({ code, headers, body }: HttpResponse): Value {
  const names = new Map<string, Value>(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const contentType = names.get('content-type');
  const content = readBody(body, typeof contentType === 'string' ? contentType : '');
  if (code >= 400) throw httpError(code, names, content);
  return new Map<string, Value>([
    ['body', content],
    ['code', BigInt(code)],
    ['headers', names],
  ]);
}

/** The error of a response with an HTTP error status. */
export function httpError(code: number, headers: ValueMap, body: Value): WorkflowError {
  return new WorkflowError(
    errorMap('HttpError', `HTTP server responded with error code ${code}`, [
      ['code', BigInt(code)],
      ['headers', headers],
      ['body', body],
    ]),
  );
}
