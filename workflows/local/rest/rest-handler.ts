import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CreateExecution, WorkflowExecutor } from '../executor-interface.ts';
import type { Refusal } from '../executor-options.ts';
import { RequestError } from '../request-error.ts';
import { readRequestBody } from './read-request-body.ts';

export interface RestOptions {
  readonly project: string;
  readonly location: string;
  authorize(request: IncomingMessage): Promise<boolean>;
  onRefused(refusal: Refusal): void;
}

type Executor = Omit<WorkflowExecutor, 'handle'>;
type Answer = object | undefined;

/** A request whose path is known. */
interface Call {
  readonly executor: Executor;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly workflowId: string;
  readonly execution: string;
  readonly part: string;
}

interface Route {
  readonly pattern: RegExp;
  /** Without `any`, other methods than these are answered 405. */
  readonly methods: Readonly<Record<string, (call: Call) => Answer | Promise<Answer>>>;
}

/** Execution bodies carry an argument of at most 32 KB as escaped JSON text; callbacks end in variable memory. */
const bodyLimits = { execution: 256 * 1024, callback: 512 * 1024 };
const largestPage = 1000;

const routes: readonly Route[] = [
  { pattern: /^\/executions$/, methods: { GET: listExecutions, POST: createExecution } },
  {
    pattern: /^\/executions\/(?<execution>[^/:]+)$/,
    methods: { GET: ({ executor, execution }) => executor.getExecution(execution) },
  },
  {
    pattern: /^\/executions\/(?<execution>[^/:]+):cancel$/,
    methods: { POST: ({ executor, execution }) => executor.cancelExecution(execution) },
  },
  { pattern: /^\/executions\/(?<execution>[^/:]+)\/callbacks$/, methods: { GET: listCallbacks } },
  { pattern: /^\/executions\/(?<execution>[^/:]+)\/callbacks\/(?<part>[^/:]+)$/, methods: { any: deliverCallback } },
  { pattern: /^\/executions\/(?<execution>[^/:]+)\/stepEntries$/, methods: { GET: listStepEntries } },
  { pattern: /^\/executions\/(?<execution>[^/:]+)\/stepEntries\/(?<part>[^/:]+)$/, methods: { GET: getStepEntry } },
];

/** Serves the executions part of Google's Workflow Executions API v1 for `node:http`. */
export function restHandler(executor: Executor, options: RestOptions): WorkflowExecutor['handle'] {
  const prefix = `/v1/projects/${options.project}/locations/${options.location}/workflows/`;
  return (request, response) => {
    const path = request.url ?? '/';
    if (!path.startsWith(prefix)) return false;
    const url = new URL(path, 'http://localhost');
    const rest = url.pathname.slice(prefix.length);
    const slash = rest.indexOf('/');
    const workflowId = slash < 0 ? '' : rest.slice(0, slash);
    const tail = rest.slice(workflowId.length);
    const route = routes.find(({ pattern }) => pattern.test(tail));
    if (workflowId === '' || route === undefined) return false;
    const { execution = '', part = '' } = route.pattern.exec(tail)?.groups ?? {};
    const name = `${prefix.slice('/v1/'.length)}${workflowId}/executions/${execution}`;
    const call: Call = { executor, request, url, workflowId, execution: name, part };
    serve(route, call, options.authorize)
      .then((answer) => send(response, 200, answer ?? {}))
      .catch((thrown: unknown) => {
        const { code, status } = sendError(response, thrown);
        const callback = tail.includes('/callbacks/');
        options.onRefused({ method: request.method ?? '', code, status, execution: name, callback });
      });
    return true;
  };
}

async function serve(route: Route, call: Call, authorize: RestOptions['authorize']): Promise<Answer> {
  if (!(await authorize(call.request)))
    throw new RequestError('UNAUTHENTICATED', 'the request has no valid credentials');
  const method = route.methods[call.request.method ?? ''] ?? route.methods.any;
  if (method === undefined) throw new RequestError('METHOD_NOT_ALLOWED', 'the method is not allowed here');
  return method(call);
}

function send(response: ServerResponse, code: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(code, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function sendError(response: ServerResponse, thrown: unknown): RequestError {
  const error =
    thrown instanceof RequestError ? thrown : new RequestError('INTERNAL', 'an internal error has occurred');
  if (response.headersSent) return error;
  if (error.status === 'PAYLOAD_TOO_LARGE') response.setHeader('connection', 'close');
  // Google has no METHOD_NOT_ALLOWED or PAYLOAD_TOO_LARGE among its status names; its servers say INVALID_ARGUMENT there.
  const status = error.code === 405 || error.code === 413 ? 'INVALID_ARGUMENT' : error.status;
  send(response, error.code, { error: { code: error.code, message: error.message, status } });
  return error;
}

async function createExecution({ executor, request, workflowId }: Call): Promise<Answer> {
  const text = Buffer.from(await readRequestBody(request, bodyLimits.execution)).toString('utf8');
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch (cause) {
    throw new RequestError('INVALID_ARGUMENT', 'the body is not valid JSON', { cause });
  }
  return executor.createExecution({ workflowId, ...readCreateBody(body) });
}

function readCreateBody(body: unknown): Pick<CreateExecution, 'argumentJson' | 'labels'> {
  if (typeof body !== 'object' || body === null)
    throw new RequestError('INVALID_ARGUMENT', 'the body must be an object');
  const { argument, labels = {} } = body as { argument?: unknown; labels?: unknown };
  if (argument !== undefined && typeof argument !== 'string') {
    throw new RequestError('INVALID_ARGUMENT', 'argument must be JSON text');
  }
  const isLabels =
    typeof labels === 'object' && labels !== null && Object.values(labels).every((value) => typeof value === 'string');
  if (!isLabels) throw new RequestError('INVALID_ARGUMENT', 'labels must be a map of strings');
  return { ...(argument ? { argumentJson: argument } : {}), labels: labels as Record<string, string> };
}

function readPage(url: URL, fallback: number): { limit: number; offset: number } {
  const size = Number(url.searchParams.get('pageSize') || fallback);
  const offset = Number(url.searchParams.get('pageToken') || 0);
  if (!Number.isInteger(size) || size < 0 || !Number.isInteger(offset) || offset < 0) {
    throw new RequestError('INVALID_ARGUMENT', 'invalid pageSize or pageToken');
  }
  return { limit: Math.min(size || fallback, largestPage), offset };
}

function nextPage(count: number, { limit, offset }: { limit: number; offset: number }): object {
  return count > limit ? { nextPageToken: String(offset + limit) } : {};
}

function listExecutions({ executor, workflowId, url }: Call): Answer {
  const page = readPage(url, 100);
  const found = executor.listExecutions(workflowId, { ...page, limit: page.limit + 1 });
  return { executions: found.slice(0, page.limit), ...nextPage(found.length, page) };
}

function listCallbacks({ executor, execution }: Call): Answer {
  return { callbacks: executor.listCallbacks(execution) };
}

function listStepEntries({ executor, execution, url }: Call): Answer {
  const page = readPage(url, largestPage);
  const all = executor.stepEntries(execution);
  const found = all.slice(page.offset, page.offset + page.limit + 1);
  return { stepEntries: found.slice(0, page.limit), totalSize: all.length, ...nextPage(found.length, page) };
}

function getStepEntry({ executor, execution, part }: Call): Answer {
  const found = executor.stepEntries(execution).find(({ entryId }) => entryId === part);
  if (found === undefined) throw new RequestError('NOT_FOUND', `step entry ${part} was not found`);
  return found;
}

async function deliverCallback({ executor, request, url, execution, part }: Call): Promise<Answer> {
  const body = await readRequestBody(request, bodyLimits.callback);
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined || name === 'authorization' ? [] : [[name, String(value)] as const],
  );
  await executor.deliverCallback({
    execution,
    callbackId: part,
    method: request.method ?? 'GET',
    headers: Object.fromEntries(headers),
    query: Object.fromEntries(url.searchParams),
    body,
  });
  return undefined;
}
