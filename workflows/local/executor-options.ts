import type { Connectors, Publish, RunJob } from './calls/connectors.ts';
import type { TokenMinter } from './calls/http-call.ts';
import type { HttpClient } from './calls/http-client.ts';
import type { Clock } from './clock.ts';
import type { LogEntry } from './machine/machine-host.ts';
import type { ExecutionStore } from './store/execution-store.ts';

/** A line of `sys.log` with the execution that wrote it. */
export interface ExecutionLog extends LogEntry {
  readonly execution: string;
}

/** A request that was refused; never its body, its headers or the id of its callback. */
export interface Refusal {
  readonly method: string;
  readonly code: number;
  readonly status: string;
  /** What was asked for: an execution, or one of its callbacks. */
  readonly execution: string;
  readonly callback: boolean;
}

/** What the executor needs; only `store` has no default that works by itself. */
export interface ExecutorOptions {
  readonly store: ExecutionStore;
  readonly project?: string;
  readonly projectNumber?: string;
  readonly location?: string;
  /** Variables for `sys.get_env`: at most 20, names not beginning with GOOGLE or WORKFLOWS. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The origin under which `handle` is reachable, asked when a callback is created: `http://127.0.0.1:8080`. */
  readonly baseUrl?: () => string;
  readonly http?: HttpClient;
  readonly mintToken?: TokenMinter;
  readonly publish?: Publish;
  readonly runJob?: RunJob;
  /** Further connectors by their full name. */
  readonly connectors?: Connectors;
  readonly clock?: Clock;
  readonly uuid?: () => string;
  readonly log?: (entry: ExecutionLog) => void;
  /** Whether a request may use the REST interface; without it everything is refused. */
  readonly authorize?: (request: import('node:http').IncomingMessage) => Promise<boolean>;
  /** Told of every request that the REST interface refuses: no credentials, a callback that came before or too late, … */
  readonly onRefused?: (refusal: Refusal) => void;
}
