import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiHandler } from '../../functions/api/api.ts';
import { routeMatcher } from '../../functions/api/match-route.ts';
import { errorCodesOf } from '../../functions/api/openapi.ts';
import type { ApiDeps } from '../../functions/api/route.ts';
import { routes } from '../../functions/api/routes.ts';
import { diskBucket } from '../adapters/local/disk-bucket.ts';
import { diskObjectStore, localBucket } from '../adapters/local/disk-object-store.ts';
import { fileSecrets } from '../adapters/local/file-secrets.ts';
import { fileSigner } from '../adapters/local/file-signer.ts';
import { signedObjects } from '../adapters/local/gcs/signed-objects.ts';
import { hmacUrlKey } from '../adapters/local/gcs/url-key.ts';
import { openSqlite } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import { guardedOutbound } from '../adapters/net/guarded-outbound.ts';
import type { ErrorCode } from '../errors.ts';
import type { DocStore } from '../ports/index.ts';
import { createApiKey } from '../records/api-keys.ts';
import { Problem } from '../schema/index.ts';
import { type KeptTelemetry, keptTelemetry } from './kept-telemetry.ts';

export interface CallOptions {
  /** An API key; the first tenant’s when absent, none when null. */
  readonly key?: string | null;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
  readonly json: any;
}

export interface TestServer {
  readonly url: string;
  readonly deps: ApiDeps & { docs: DocStore };
  readonly key: string;
  readonly tenantId: string;
  /** Key of another tenant. */
  readonly foreignKey: string;
  /** Arguments that workflows were started with. */
  readonly started: { tenantId: string; jobId: string }[];
  readonly cancelled: string[];
  readonly published: { topic: string; data: string }[];
  /** Switches that make a port fail. */
  readonly broken: { docs: boolean; workflows: boolean };
  readonly logged: string[];
  readonly kept: KeptTelemetry;
  advance(ms: number): void;
  call(method: string, path: string, options?: CallOptions): Promise<CallAnswer>;
  /** Announces a file and puts it there; returns its asset id. */
  upload(bytes?: Uint8Array, options?: CallOptions): Promise<string>;
  /** Every document as the database holds it. */
  everyDocument(): readonly { readonly path: string; readonly data: string }[];
  close(): Promise<void>;
}

/** A store that fails as a whole while `broken.docs` is set. */
function breakable(docs: DocStore, broken: { docs: boolean }): DocStore {
  return new Proxy(docs, {
    get: (target, name, receiver) =>
      broken.docs && name !== 'watch'
        ? () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:8080'))
        : Reflect.get(target, name, receiver),
  });
}

const match = routeMatcher(routes);

/** Holds every answer against what the OpenAPI document promises for its route. */
function checkAnswer(method: string, path: string, answer: CallAnswer): void {
  if (!answer.headers.get('x-request-id')) throw new Error('the answer has no x-request-id');
  if (answer.status >= 400) {
    const problem = Problem.parse(answer.json);
    if (answer.headers.get('content-type') !== 'application/problem+json') throw new Error('not a problem document');
    if (problem.status !== answer.status) throw new Error('the problem tells another status');
  }
  const { route } = match(method, path.split('?')[0] ?? path);
  const success = route.successes.find(({ status }) => status === answer.status);
  if (answer.status >= 400) {
    if (!errorCodesOf(route).includes(answer.json.code as ErrorCode)) {
      throw new Error(`${route.id} answers ${answer.json.code}, which its description does not tell`);
    }
  } else if (!success) throw new Error(`${route.id} answers ${answer.status}, which its description does not tell`);
  else if (answer.headers.get('content-type') === 'application/json') success.schema?.parse(answer.json);
}

/** A real server of the API over SQLite and disk in a temporary folder; workflows and bus only take notes. */
export async function testServer(): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-api-'));
  const db = openSqlite(join(folder, 'atlas.db'));
  const broken = { docs: false, workflows: false };
  const docs = breakable(sqliteDocStore(db), broken);
  const notes = { started: [], cancelled: [], published: [], logged: [] } as Pick<
    TestServer,
    'started' | 'cancelled' | 'published' | 'logged'
  >;
  const kept = keptTelemetry();
  let nowMs = Date.parse('2026-11-23T10:00:00.000Z');
  const clock = { now: () => new Date(nowMs) };
  let url = '';
  const bucket = diskBucket(join(folder, 'objects'));
  const urlKey = hmacUrlKey('tests', 'secret of the tests');
  const objects = diskObjectStore(bucket, { key: urlKey, baseUrl: () => url, clock });
  const deps: ApiDeps = {
    docs,
    objects,
    clock,
    signer: fileSigner(join(folder, 'key.pem')),
    secrets: fileSecrets(join(folder, 'secrets')),
    bus: {
      async publish(topic, { data }) {
        notes.published.push({ topic, data });
        return String(notes.published.length);
      },
    },
    workflows: {
      async start(_workflow, argument) {
        if (broken.workflows) throw new Error('workflow engine down');
        notes.started.push(argument as { tenantId: string; jobId: string });
        return `executions/${notes.started.length}`;
      },
      async cancel(name) {
        notes.cancelled.push(name);
      },
      async answer() {
        throw new Error('the API answers no callback');
      },
      async state() {
        throw new Error('the API asks for no execution');
      },
      nameOf: (_workflow, id) => `executions/${id}`,
    },
    telemetry: kept.telemetry,
    log: (severity, message, fields) => notes.logged.push(`${severity} ${message} ${JSON.stringify(fields)}`),
    outbound: guardedOutbound({ hostsOpened: ['127.0.0.1'], resolve: async () => [{ address: '8.8.8.8', family: 4 }] }),
    settings: { publicUrl: 'https://atlas.example', functionsUrl: '', project: 'test', webhookHostsAllowed: [] },
  };
  const api = apiHandler(deps);
  const files = signedObjects({ keys: [urlKey], clock, faults: 'problem', bucket: async () => bucket });
  const server = createServer((req, res) => void (req.url?.startsWith(`/${localBucket}/`) ? files : api)(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { key, tenantId } = await createApiKey(docs, { name: 'tests' }, clock);
  const { key: foreignKey } = await createApiKey(docs, { name: 'others' }, clock);

  const call: TestServer['call'] = async (method, path, options = {}) => {
    const used = options.key === undefined ? key : options.key;
    const body = options.json === undefined ? options.body : JSON.stringify(options.json);
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(used === null ? {} : { authorization: `Bearer ${used}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.endsWith('json') && text !== '';
    const answer = { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
    if (method !== 'HEAD' && (await known(method, path))) checkAnswer(method, path, answer);
    return answer;
  };
  const known = async (method: string, path: string): Promise<boolean> => {
    try {
      return Boolean(match(method, path.split('?')[0] ?? path));
    } catch {
      return false;
    }
  };

  return {
    ...notes,
    kept,
    url,
    deps,
    key,
    tenantId,
    foreignKey,
    broken,
    advance: (ms) => {
      nowMs += ms;
    },
    call,
    async upload(bytes = Buffer.from('glTF'), options = {}) {
      const json = { fileName: 'model.glb', sizeBytes: bytes.length };
      const answer = await call('POST', '/v1/uploads', { ...options, json });
      const put = await fetch(answer.json.url, {
        method: 'PUT',
        headers: answer.json.headers,
        body: bytes as Uint8Array<ArrayBuffer>,
      });
      if (!put.ok) throw new Error(`the upload was refused: ${put.status} ${await put.text()}`);
      return answer.json.assetId;
    },
    everyDocument: () => db.prepare('SELECT path, data FROM docs').all() as { path: string; data: string }[],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
