import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { z } from 'zod';
import { Asset, Job, JobEvent, Problem, Upload, type UploadRequest } from '../../shared/schema/index.ts';

/** The API refused or could not be reached; `problem` is its own word. */
export class ApiFailure extends Error {
  readonly problem: Problem | undefined;
  constructor(message: string, problem?: Problem, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ApiFailure';
    this.problem = problem;
  }
}

/** Calls the public API of an Atlas server. */
export interface ApiClient {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: unknown, schema: z.ZodType<T>, idempotencyKey?: string): Promise<T>;
  put<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
  /** Uploads a local file and returns the id of its asset. */
  upload(request: UploadRequest, path: string | Uint8Array): Promise<string>;
  /** The bytes behind an asset’s signed URL. */
  download(assetId: string): Promise<Uint8Array>;
  /** A job’s events from the first on, to its end; reconnects when the stream breaks. */
  events(jobId: string, signal: AbortSignal): AsyncGenerator<JobEvent>;
  job(jobId: string): Promise<Job>;
  receipt(jobId: string): Promise<unknown>;
}

async function failure(response: Response, what: string): Promise<ApiFailure> {
  const text = await response.text();
  const problem = Problem.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined);
  if (!problem.success) {
    // A signed URL may be answered by Cloud Storage itself, in XML.
    const [, said = `the server answered ${response.status}.`] = /<Message>([^<]+)<\/Message>/.exec(text) ?? [];
    return new ApiFailure(`${what}: ${said}`);
  }
  return new ApiFailure(problem.data.detail, problem.data);
}

/** Splits a stream of server-sent events into the data of each. https://html.spec.whatwg.org/multipage/server-sent-events.html */
async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true });
    const blocks = pending.split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block.split('\n').filter((line) => line.startsWith('data:'));
      if (data.length > 0) yield data.map((line) => line.slice(5).trimStart()).join('\n');
    }
  }
}

const lastEvents = new Set(['job.delivered', 'job.rejected', 'job.needs_review', 'job.failed', 'job.cancelled']);

/** Times that a broken event stream is opened again before giving up. */
const reconnections = 20;

/** Where a server is, and the key that it knows. */
export interface Endpoint {
  readonly url: string;
  readonly key: string;
}

/** The server was not reached, as opposed to: it refused. */
const isLost = (error: unknown): boolean => error instanceof ApiFailure && error.problem === undefined;

/**
 * @param recover - finds the server again after it was lost; what was asked is then asked once more. Asking twice is safe:
 *   reads change nothing, jobs carry an idempotency key, and an upload that was not finished is begun anew.
 */
export function apiClient(first: Endpoint, recover?: () => Promise<Endpoint>): ApiClient {
  let endpoint = first;
  /** Runs `act`; when the server is lost meanwhile, finds it and runs `act` again. */
  const lasting = async <T>(act: () => Promise<T>, signal?: AbortSignal | null): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (!recover || !isLost(error) || signal?.aborted) throw error;
      endpoint = await recover();
      return act();
    }
  };
  const send = async (url: URL | string, init: RequestInit): Promise<Response> =>
    fetch(url, init).catch((cause: unknown) => {
      throw new ApiFailure(`Atlas at ${endpoint.url} cannot be reached.`, undefined, cause);
    });
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    lasting(async () => {
      const headers = { authorization: `Bearer ${endpoint.key}`, ...init.headers };
      const response = await send(new URL(path, endpoint.url), { ...init, headers });
      if (!response.ok) throw await failure(response, `${init.method ?? 'GET'} ${path}`);
      return response;
    }, init.signal);
  const get: ApiClient['get'] = async (path, schema) => schema.parse(await (await request(path)).json());
  const post: ApiClient['post'] = async (path, body, schema, idempotencyKey) => {
    const response = await request(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}) },
    });
    return schema.parse(await response.json());
  };

  const put: ApiClient['put'] = async (path, body, schema) => {
    const headers = { 'content-type': 'application/json' };
    return schema.parse(await (await request(path, { method: 'PUT', body: JSON.stringify(body), headers })).json());
  };

  return {
    get,
    post,
    put,
    job: (jobId) => get(`/v1/jobs/${jobId}`, Job),
    receipt: async (jobId) => (await request(`/v1/receipts/${jobId}`)).json(),
    upload: (wanted, source) =>
      lasting(async () => {
        const upload = await post('/v1/uploads', wanted, Upload);
        const response = await send(upload.url, {
          method: upload.method,
          headers: { ...upload.headers, 'content-length': String(wanted.sizeBytes) },
          body: typeof source === 'string' ? Readable.toWeb(createReadStream(source)) : source,
          ...(typeof source === 'string' ? { duplex: 'half' } : {}),
        } as RequestInit);
        if (!response.ok) throw await failure(response, 'the upload');
        return upload.assetId;
      }),
    download: (assetId) =>
      lasting(async () => {
        const asset = await get(`/v1/assets/${assetId}`, Asset);
        const response = await send(asset.url, {});
        if (!response.ok) throw await failure(response, `the download of ${asset.fileName}`);
        const body = await response.arrayBuffer().catch((cause: unknown) => {
          throw new ApiFailure(`The download of ${asset.fileName} broke off.`, undefined, cause);
        });
        return new Uint8Array(body);
      }),
    async *events(jobId, signal) {
      let last = 0;
      for (let tries = 0; tries < reconnections; tries++) {
        try {
          const response = await request(`/v1/jobs/${jobId}/events`, {
            headers: { accept: 'text/event-stream', ...(last > 0 ? { 'last-event-id': String(last) } : {}) },
            signal,
          });
          for await (const data of eventData(response.body as ReadableStream<Uint8Array>)) {
            const event = JobEvent.parse(JSON.parse(data));
            last = event.seq;
            yield event;
            if (lastEvents.has(event.type)) return;
          }
        } catch (error) {
          if (signal.aborted) return;
          if (error instanceof ApiFailure && error.problem) throw error;
        }
      }
      throw new ApiFailure(`The events of job ${jobId} broke off. Its state: GET /v1/jobs/${jobId}`);
    },
  };
}
