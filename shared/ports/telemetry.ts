import type { Measurement } from './metrics.ts';

export type SpanKind = 'internal' | 'server' | 'client' | 'consumer';

/** Names follow OpenTelemetry’s semantic conventions; our own begin with `atlas.`. Undefined ones are left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work under way. */
export interface Span {
  /** Hand it on: what is done under it becomes a child of this span. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  rename(name: string): void;
  /** Marks the span as failed. `type` is an error code or the name of a class. */
  fail(type: string, message: string): void;
  /** Ends it before its work returns; later changes are lost. */
  end(): void;
  /** Leaves it out of the trace: not worth keeping. */
  discard(): void;
}

export interface SpanOptions {
  readonly kind?: SpanKind;
  /**
   * `traceparent` of the span above. Without one, `internal` and `client` spans continue the trace of their caller;
   * `server` and `consumer` spans, which begin where something arrives, start a trace.
   */
  readonly parent?: string | undefined;
  /** The parent is a stranger’s: its trace goes on, but whether spans are kept is our decision. */
  readonly isEntry?: boolean;
  readonly attributes?: SpanAttributes;
}

/** A span that is told afterwards: its work went on in several processes. */
export interface ToldSpan {
  readonly name: string;
  /** Its own, from `reserve`. Told twice, it is the same span. */
  readonly traceparent: string;
  readonly parent: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  readonly error?: { readonly type: string; readonly message: string };
}

/** Traces and metrics. Nothing here ever fails the work that it tells of. */
export interface Telemetry {
  /**
   * Runs `act` in a span. Lines that it logs carry the trace; an error that it throws marks the span and goes on.
   */
  span<T>(name: string, options: SpanOptions, act: (span: Span) => Promise<T>): Promise<T>;
  /** `traceparent` of the span that the caller runs in. */
  current(): string | undefined;
  /** A child of the current span, to be told later; undefined outside any span. */
  reserve(): string | undefined;
  tell(span: ToldSpan): void;
  measure(...measurement: Measurement): void;
  /**
   * Sends the spans that have ended, because the platform may give no processor time after an answer. `now` waits a
   * second at most; `due` a quarter of one, and only every few seconds.
   */
  flush(when: 'now' | 'due'): Promise<void>;
  /** Sends what is left. */
  close(): Promise<void>;
}
