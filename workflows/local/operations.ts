import { type Connector, connectorError, publishConnector, runJobConnector } from './calls/connectors.ts';
import { httpCall, type TokenMinter } from './calls/http-call.ts';
import { nodeHttpClient } from './calls/http-client.ts';
import type { Clock } from './clock.ts';
import type { ExecutorOptions } from './executor-options.ts';
import { fromJson, type Json, toJson } from './json-text.ts';
import type { Pending } from './machine/state.ts';
import { isMap, type Value, type ValueMap } from './value.ts';
import { languageError, toWorkflowError, WorkflowError } from './workflow-error.ts';

export type OperationResult = { readonly value: Value } | { readonly error: WorkflowError };

/** Begins an operation and calls back once with its result, never before it returns. Answers how to give it up. */
export type StartOperation = (
  pending: Pending,
  operationId: string,
  done: (result: OperationResult) => void,
) => () => void;

/** Everything outside the executor that a step can wait for. */
export interface Operations {
  readonly start: StartOperation;
  isConnector(name: string): boolean;
}

/** Puts the outside world together from what was injected. */
export function operations(options: ExecutorOptions, clock: Clock): Operations {
  const connectors = connectorTable(options);
  const client = options.http ?? nodeHttpClient;
  const mintToken: TokenMinter = options.mintToken ?? (() => Promise.reject(new Error('no token minter was given')));
  const log = (operationId: string) => (message: string) =>
    options.log?.({ execution: operationId, severity: 'ERROR', data: message });

  const call = async ({ kind, target, args }: Pending, operationId: string, signal: AbortSignal): Promise<Value> => {
    const map: ValueMap = args !== null && isMap(args) ? args : new Map();
    if (kind === 'http') return httpCall(target, map, { client, mintToken, signal });
    const connector = connectors.get(target);
    if (connector === undefined) throw languageError('SystemError', `the connector ${target} is not there any more`);
    const json = toJson(map) as Record<string, Json>;
    try {
      return fromJson(await connector(json, { signal, operationId, log: log(operationId) }));
    } catch (thrown) {
      throw connectorError(thrown);
    }
  };

  return {
    isConnector: (name) => connectors.has(name),
    start(pending, operationId, done) {
      if (pending.due !== null) return clock.at(pending.due, () => done(timeIsUp(pending)));
      const abort = new AbortController();
      call(pending, operationId, abort.signal).then(
        (value) => done({ value }),
        (thrown: unknown) => done({ error: foreseen(thrown, log(operationId)) }),
      );
      return () => abort.abort();
    },
  };
}

function foreseen(thrown: unknown, log: (message: string) => void): WorkflowError {
  if (!(thrown instanceof WorkflowError)) log(`internal error: ${String(thrown)}`);
  return toWorkflowError(thrown);
}

function timeIsUp({ kind }: Pending): OperationResult {
  if (kind !== 'callback') return { value: null };
  return { error: languageError('TimeoutError', 'no callback was received in time') };
}

function connectorTable({ publish, runJob, connectors = {} }: ExecutorOptions): Map<string, Connector> {
  const table = new Map(Object.entries(connectors));
  if (publish !== undefined) table.set('googleapis.pubsub.v1.projects.topics.publish', publishConnector(publish));
  if (runJob !== undefined) table.set('googleapis.run.v2.projects.locations.jobs.run', runJobConnector(runJob));
  return table;
}
