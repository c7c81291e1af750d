import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, type Log } from '../../log.ts';
import { inTrace } from '../../trace-context.ts';
import type { EndedSpan, SpanSink } from './in-process-telemetry.ts';
import type { OtlpOptions, SendSpans } from './otlp-sdk.ts';

/** Spans wait this long for company. */
const batchMs = 5000;
/** What a receiver that is away may cost in memory; what comes on top is dropped. */
const waitingAtMost = 4096;
const waitMs = { now: 1000, due: 250 };
/** After a failure nobody waits for the receiver this long. */
const distrustMs = 30_000;
const exportTimeoutMs = 5000;

/** Loads OpenTelemetry’s SDK, once, when the first batch is due. */
const loadSdk = async (options: OtlpOptions): Promise<SendSpans> => (await import('./otlp-sdk.ts')).otlpSdk(options);

/**
 * Sends spans to an OTLP receiver, in batches, in the background. A receiver that is slow, away or refusing costs spans and
 * one warning a while, nothing else.
 */
export function otlpSpans(options: Omit<OtlpOptions, 'timeoutMs'> & { readonly log: Log }): SpanSink {
  let waiting: EndedSpan[] = [];
  let dropped = 0;
  let sdk: Promise<SendSpans> | undefined;
  let isLoaded = false;
  let timer: NodeJS.Timeout | undefined;
  let sentMs = Number.NEGATIVE_INFINITY;
  let failedMs = Number.NEGATIVE_INFINITY;
  const underWay = new Set<Promise<void>>();

  const distrusted = (): boolean => performance.now() - failedMs < distrustMs;
  const warn = (lost: number, error: unknown): void => {
    if (!distrusted()) options.log('WARNING', 'spans not exported', { lost, error: describeError(error) });
    failedMs = performance.now();
  };
  const load = (): Promise<SendSpans> => {
    sdk ??= loadSdk({ ...options, timeoutMs: exportTimeoutMs });
    return sdk.then((send) => {
      isLoaded = true;
      return send;
    });
  };
  const send = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return Promise.resolve();
    const batch = waiting;
    waiting = [];
    sentMs = performance.now();
    const sending = inTrace(undefined, () => load().then((sendBatch) => sendBatch(batch)))
      .catch((error: unknown) => warn(batch.length + dropped, error))
      .finally(() => {
        dropped = 0;
        underWay.delete(sending);
      });
    underWay.add(sending);
    return sending;
  };
  const sendAll = (): Promise<unknown> => {
    void send();
    return Promise.all(underWay);
  };

  return {
    add(span) {
      if (waiting.length >= waitingAtMost) dropped += 1;
      else waiting.push(span);
      timer ??= setTimeout(() => void send(), batchMs).unref();
    },
    async flush(when) {
      if (when === 'due' && !isLoaded) void load().catch(() => undefined);
      if (when === 'due' && (!isLoaded || performance.now() - sentMs < batchMs)) return;
      const sending = sendAll();
      if (!distrusted()) await Promise.race([sending, sleep(waitMs[when], undefined, { ref: false })]);
    },
    async close() {
      await Promise.race([sendAll(), sleep(waitMs.now, undefined, { ref: false })]);
    },
  };
}
