import type { Json } from '../json-text.ts';
import { limits } from '../limits.ts';
import { languageError, WorkflowError } from '../workflow-error.ts';
import { httpError } from './http-call.ts';
import { orAborted } from './or-aborted.ts';

export interface ConnectorContext {
  /** Aborted when the execution is cancelled or the call timed out. */
  readonly signal: AbortSignal;
  /** The same when the call is made again after a restart: the key with which a repeated effect can be recognised. */
  readonly operationId: string;
  log(message: string): void;
}

/** A connector takes and returns JSON; what it throws with a numeric `code` becomes an HttpError with that code. */
export type Connector = (args: Record<string, Json>, context: ConnectorContext) => Promise<Json>;
export type Connectors = Readonly<Record<string, Connector>>;

/** A message for a topic, its data decoded from base64. */
export interface TopicMessage {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/** Publishes to `projects/P/topics/T` and answers the ids of the messages. */
export type Publish = (
  topic: string,
  messages: readonly TopicMessage[],
  context: ConnectorContext,
) => Promise<readonly string[]>;

/** Runs `projects/P/locations/L/jobs/J` to its end and answers the Execution; rejects when it fails. */
export type RunJob = (name: string, overrides: Json, context: ConnectorContext) => Promise<Json>;

type Fields = Record<string, Json>;

function fields(value: Json | undefined, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw languageError('TypeError', `${what} must be a map`);
}

function text(value: Json | undefined, what: string, pattern: RegExp): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw languageError('ValueError', `${what} must look like ${pattern.source.slice(1, -1)}`);
}

/** `googleapis.pubsub.v1.projects.topics.publish` over an injected `publish`. */
export function publishConnector(publish: Publish): Connector {
  return async (args, context) => {
    const topic = text(args.topic, 'topic', /^projects\/[^/]+\/topics\/[^/]+$/);
    const { messages } = fields(args.body, 'body');
    if (!Array.isArray(messages) || messages.length === 0) throw languageError('ValueError', 'there are no messages');
    const messageIds = await publish(topic, messages.map(readMessage), context);
    return { messageIds: [...messageIds] };
  };
}

function readMessage(json: Json): TopicMessage {
  const message = fields(json, 'a message');
  const { data = '', attributes = {}, orderingKey = '' } = message;
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(data)) {
    throw languageError('ValueError', 'the data of a message must be base64');
  }
  const entries = Object.entries(fields(attributes, 'attributes')).map(([key, value]) => [key, String(value)]);
  return {
    data: new Uint8Array(Buffer.from(data, 'base64')),
    attributes: Object.fromEntries(entries),
    orderingKey: String(orderingKey),
  };
}

/** `googleapis.run.v2.projects.locations.jobs.run` over an injected `runJob`: waits for the job unless told not to. */
export function runJobConnector(runJob: RunJob): Connector {
  return async (args, context) => {
    const name = text(args.name, 'name', /^projects\/[^/]+\/locations\/[^/]+\/jobs\/[^/]+$/);
    const { overrides = {} } = args.body === undefined || args.body === null ? {} : fields(args.body, 'body');
    const params = args.connector_params === undefined ? {} : fields(args.connector_params, 'connector_params');
    const seconds = params.timeout ?? limits.connectorTimeoutSeconds;
    if (typeof seconds !== 'number' || !(seconds > 0)) throw languageError('ValueError', 'timeout must be positive');
    if (params.skip_polling === true) {
      runJob(name, overrides, context).catch((error: unknown) => context.log(`job ${name}: ${String(error)}`));
      return { name: `${name}/operations/${context.operationId}`, done: false };
    }
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), Math.min(seconds * 1000, 2 ** 31 - 1));
    try {
      const signal = AbortSignal.any([context.signal, timeout.signal]);
      return await orAborted(runJob(name, overrides, { ...context, signal }), signal);
    } catch (thrown) {
      if (timeout.signal.aborted) throw languageError('TimeoutError', `the job did not end within ${seconds} seconds`);
      throw operationError(thrown);
    } finally {
      clearTimeout(timer);
    }
  };
}

function operationError(thrown: unknown): WorkflowError {
  if (thrown instanceof WorkflowError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return languageError('OperationError', message, { cause: thrown });
}

/** Turns what a connector throws into an error of the workflow. */
export function connectorError(thrown: unknown): WorkflowError {
  if (thrown instanceof WorkflowError) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (typeof code === 'number' && code >= 400) {
    const body = new Map([
      [
        'error',
        new Map<string, string | bigint>([
          ['code', BigInt(code)],
          ['message', message],
        ]),
      ],
    ]);
    return httpError(code, new Map(), body);
  }
  return languageError('ConnectionError', message, { cause: thrown });
}
