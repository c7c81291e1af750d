import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import { AtlasError } from '../../shared/errors.ts';
import { type Exchange, type HttpRequest, httpFunction } from '../http-function.ts';
import { callerAdmission } from './admit-caller.ts';
import { InvalidRequest, invalidRequest } from './invalid-request.ts';
import { type MatchedRoute, routeMatcher } from './match-route.ts';
import { readJson } from './read-json.ts';
import type { Answer, ApiDeps, RouteContext } from './route.ts';
import { routes } from './routes.ts';
import { freshId, idempotencyKey, type Run, runOnce } from './run-once.ts';

function parse(schema: z.ZodType | undefined, value: unknown, base: readonly string[]): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidRequest(parsed.error, base);
  return parsed.data;
}

function parseQuery(schema: z.ZodType | undefined, text: string): unknown {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(fields, name)) {
      throw new InvalidRequest([{ pointer: `/query/${name}`, message: 'is given twice' }]);
    }
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return parse(schema, fields, ['query']);
}

/** An id of the wrong form names nothing, like one that nobody has. */
function parseParams({ route, params }: MatchedRoute): unknown {
  const parsed = route.params?.safeParse(params);
  if (parsed && !parsed.success) throw new AtlasError('not_found', 'There is nothing at this address.');
  return parsed?.data;
}

async function sendStream({ res, ending }: Exchange, head: boolean, answer: Answer): Promise<void> {
  res.writeHead(answer.status, answer.headers);
  if (head || !answer.stream) {
    await ending(answer.status);
    res.end();
    return;
  }
  const gone = new AbortController();
  res.on('close', () => gone.abort());
  // It may have hung up before anybody listened for that.
  if (res.destroyed || res.closed) gone.abort();
  await answer.stream(res, gone.signal);
  await ending(answer.status);
  res.end();
}

async function send(exchange: Exchange, answer: Answer): Promise<void> {
  const { req, res, ending } = exchange;
  const head = req.method === 'HEAD';
  if (answer.stream) return sendStream(exchange, head, answer);
  const bytes = answer.json === undefined ? answer.bytes : Buffer.from(JSON.stringify(answer.json));
  const headers: Record<string, string | number> = {
    ...(answer.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...answer.headers,
    ...(bytes ? { 'content-length': bytes.length } : {}),
  };
  await ending(answer.status);
  res.writeHead(answer.status, headers);
  res.end(head ? undefined : bytes);
}

/** Splits the request target by hand: `//host` would be taken for a host by the URL parser. */
function target(req: HttpRequest): { path: string; search: string } {
  const [path = '/', search = ''] = (req.url ?? '/').split(/\?(.*)/s, 2);
  return { path, search };
}

/** Asked every few seconds by whoever watches the service: not worth a trace. */
const healthPaths: readonly string[] = ['/health', '/healthz'];

/**
 * The public API as one HTTP function: finds the route, checks the key, reads and checks the request, runs the handler
 * (at most once under an Idempotency-Key) and answers. Never rejects.
 */
export function apiHandler(deps: ApiDeps): (req: HttpRequest, res: ServerResponse) => Promise<void> {
  const match = routeMatcher(routes);
  const admit = callerAdmission(deps);

  return httpFunction(deps, async (exchange) => {
    const { req, facts, requestId, span } = exchange;
    const { path, search } = target(req);
    const matched = match(req.method ?? 'GET', path);
    const { route } = matched;
    facts.route = route.id;
    span.rename(`${route.method} ${route.path}`);
    span.set({ 'http.route': route.path });
    if (healthPaths.includes(route.path)) span.discard();
    const { tenantId, caller } = await admit(route, req.headers.authorization, requestId, facts);
    if (!route.open) span.set({ 'atlas.tenant.id': tenantId });
    const params = parseParams(matched);
    const query = parseQuery(route.query, search);
    const raw = route.body ? await readJson(req) : undefined;
    const body = parse(route.body, raw, []);
    const key = route.method === 'POST' ? idempotencyKey(req.headers['idempotency-key']) : undefined;
    const once: Run = { newId: freshId(deps), repeated: false, answered: false };
    const run = (how: Run): Promise<Answer> => {
      const context: RouteContext<unknown, unknown, unknown> = {
        deps,
        tenantId,
        caller,
        params,
        query,
        body,
        headers: req.headers,
        ...how,
      };
      return route.handler(context);
    };
    const answer = key ? await runOnce(deps, { route, tenantId, key, path, body: raw }, run) : await run(once);
    await send(exchange, answer);
  });
}
