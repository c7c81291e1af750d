import type { Log } from '../../log.ts';
import type { Telemetry } from '../../ports/index.ts';
import { inProcessTelemetry, type MetricSink } from './in-process-telemetry.ts';
import { otlpSpans } from './otlp-spans.ts';

export interface OpenTelemetryOptions {
  /** Base URL of an OTLP receiver; without one traces are continued and logged, but not sent. */
  readonly endpoint: string | undefined;
  readonly ratio: number;
  readonly service: string;
  readonly revision?: string | undefined;
  /** On Google Cloud: where this runs, and access tokens for its receiver. */
  readonly google?:
    | { readonly project: string; readonly region: string; readonly token: (() => Promise<string>) | undefined }
    | undefined;
  readonly log: Log;
  readonly metrics?: MetricSink | undefined;
}

/** Names follow OpenTelemetry’s conventions for resources; Google’s receiver goes by `gcp.project_id`. */
function resourceOf({ service, revision, google }: OpenTelemetryOptions): Record<string, string> {
  return {
    'service.name': service,
    ...(revision === undefined ? {} : { 'service.version': revision }),
    ...(google
      ? {
          'cloud.provider': 'gcp',
          'cloud.platform': 'gcp_cloud_run',
          'cloud.account.id': google.project,
          'cloud.region': google.region,
          'faas.name': service,
          'gcp.project_id': google.project,
        }
      : {}),
  };
}

/** The exporter may not be told of a failure here: without a token the receiver refuses, and that is logged. */
const bearerHeaders = (token: () => Promise<string>) => (): Promise<Record<string, string>> =>
  token().then(
    (text) => ({ authorization: `Bearer ${text}` }),
    () => ({}),
  );

/** Traces to an OTLP receiver, metrics to a sink. Costs nothing at start: OpenTelemetry is loaded when a span is sent. */
export function openTelemetry(options: OpenTelemetryOptions): Telemetry {
  const { endpoint, ratio, google, log, metrics } = options;
  const headers = google?.token && bearerHeaders(google.token);
  const resource = resourceOf(options);
  const spans =
    endpoint === undefined ? undefined : otlpSpans({ url: `${endpoint}/v1/traces`, headers, resource, log });
  return inProcessTelemetry({ spans, metrics, ratio });
}
