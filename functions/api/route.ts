import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Actor } from '../../shared/records/audit.ts';
import type { Scope } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';

/** What the API uses. */
export type ApiDeps = Pick<
  Deps,
  | 'docs'
  | 'objects'
  | 'bus'
  | 'workflows'
  | 'signer'
  | 'secrets'
  | 'outbound'
  | 'clock'
  | 'log'
  | 'telemetry'
  | 'settings'
>;

/** Who makes a request, and what the key that was sent allows. */
export interface Caller {
  /** As the audit log names them. */
  readonly actor: Actor;
  readonly scopes: readonly Scope[];
  /** When the key ends. */
  readonly expiresAt?: string;
  /** Requests of the tenant that this instance has counted and not yet forgotten. */
  readonly requestsUsed: number;
}

/** One request, parsed and authenticated. */
export interface RouteContext<P, Q, B> {
  readonly deps: ApiDeps;
  /** Whose data this request may see; empty on public routes. */
  readonly tenantId: string;
  readonly caller: Caller;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly headers: IncomingHttpHeaders;
  /** An id for what this request makes: the same again when the request is repeated under its Idempotency-Key. */
  newId(prefix: string): string;
  /** True when an earlier holder of the Idempotency-Key may have made those things already. */
  readonly repeated: boolean;
  /** True when the request has been answered already: its things are there, or have been deleted since. */
  readonly answered: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as they are, with the content-type in `headers`. */
  readonly bytes?: Uint8Array;
  /** Writes the answer bit by bit until it resolves or the client goes away. */
  readonly stream?: (res: ServerResponse, gone: AbortSignal) => Promise<void>;
}

/** An answer as the API description tells it. */
export interface Success {
  readonly status: number;
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
  readonly headers?: Record<string, string>;
  readonly example?: unknown;
}

/** One row of the route table: served by `handler`, described in the OpenAPI document by the rest. */
export interface RouteSpec<P, Q, B> {
  /** The operation’s name in generated clients. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments in braces are parameters; a parameter never holds a slash or a colon. */
  readonly path: string;
  readonly summary: string;
  /** Needs no API key. */
  readonly open?: true;
  /** What the key must allow; named by every route that is not open. */
  readonly scope?: Scope;
  /** A path that does not match is `not_found`. */
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  readonly bodyExample?: unknown;
  /**
   * What a finished Idempotency-Key does: `replay` sends the stored answer; `again` runs the handler, which makes
   * nothing new, because the answer holds a secret or a signed URL, which is not stored.
   */
  readonly idempotency?: 'replay' | 'again';
  readonly successes: readonly [Success, ...Success[]];
  /** Codes of this route’s own; what every route may answer is added. */
  readonly errors?: readonly ErrorCode[];
  readonly handler: (context: RouteContext<P, Q, B>) => Promise<Answer>;
}

export type Route = RouteSpec<unknown, unknown, unknown>;

/** Ties the types of schemas and handler together, then forgets them: the table holds routes of all types. */
export const defineRoute = <P = undefined, Q = undefined, B = undefined>(spec: RouteSpec<P, Q, B>): Route =>
  spec as unknown as Route;
