import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a span without one. */
  readonly parentSpanId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 5 consumer. */
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Record<string, unknown>;
  /** 2 is an error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly resource: Record<string, unknown>;
}

type Field = bigint | Buffer;

/** The fields of a protobuf message by number: https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(bytes: Buffer): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4;
    const value = wire === 0 ? varint() : take(length);
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}

const all = (fields: Map<number, Field[]>, number: number): Buffer[] =>
  (fields.get(number) ?? []).filter((field): field is Buffer => typeof field !== 'bigint');
const one = (fields: Map<number, Field[]>, number: number): Buffer => all(fields, number)[0] ?? Buffer.alloc(0);
const integer = (fields: Map<number, Field[]>, number: number): number => Number(fields.get(number)?.[0] ?? 0);
const text = (fields: Map<number, Field[]>, number: number): string => one(fields, number).toString('utf8');
const nanoseconds = (bytes: Buffer): number => Number(bytes.readBigUInt64LE()) / 1e6;

function anyValue(any: Map<number, Field[]>): unknown {
  if (any.has(1)) return text(any, 1);
  if (any.has(2)) return integer(any, 2) === 1;
  if (any.has(3)) return integer(any, 3);
  return any.has(4) ? one(any, 4).readDoubleLE() : undefined;
}

const attributesOf = (fields: Map<number, Field[]>, number: number): Record<string, unknown> =>
  Object.fromEntries(
    all(fields, number)
      .map(fieldsOf)
      .map((pair) => [text(pair, 1), anyValue(fieldsOf(one(pair, 2)))]),
  );

/** Reads an ExportTraceServiceRequest: https://github.com/open-telemetry/opentelemetry-proto */
function spansOf(request: Buffer): ReceivedSpan[] {
  return all(fieldsOf(request), 1)
    .map(fieldsOf)
    .flatMap((group) => {
      const resource = attributesOf(fieldsOf(one(group, 1)), 1);
      const spans = all(group, 2).flatMap((scope) => all(fieldsOf(scope), 2).map(fieldsOf));
      return spans.map((span) => {
        const status = fieldsOf(one(span, 15));
        return {
          traceId: one(span, 1).toString('hex'),
          spanId: one(span, 2).toString('hex'),
          parentSpanId: one(span, 4).toString('hex'),
          name: text(span, 5),
          kind: integer(span, 6),
          startMs: nanoseconds(one(span, 7)),
          endMs: nanoseconds(one(span, 8)),
          attributes: attributesOf(span, 9),
          status: { code: integer(status, 3), message: text(status, 2) },
          resource,
        };
      });
    });
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** Headers of each request. */
  readonly requests: Record<string, string | string[] | undefined>[];
  close(): Promise<void>;
}

/** Takes OTLP over HTTP in protobuf. Its reader knows nothing of OpenTelemetry’s own writer. */
export async function otlpReceiver(status = 200): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: OtlpReceiver['requests'] = [];
  const server = createServer(async (req, res) => {
    const parts: Buffer[] = [];
    for await (const part of req as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts);
    requests.push({ ...req.headers, path: req.url });
    if (status === 200) spans.push(...spansOf(req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body));
    res.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
