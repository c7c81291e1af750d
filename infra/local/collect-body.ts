import type { IncomingMessage } from 'node:http';

/** Bytes past the limit that are read and thrown away, so that the client can still read the refusal. */
const discardedBytes = 16 * 1024 * 1024;

/**
 * Reads a request’s body before the Functions Framework does, which would take up to a gigabyte. Leaves at most
 * `limitBytes` + 1 bytes in `rawBody`, so that the handler sees that there were more.
 */
export async function collectBody(
  req: IncomingMessage & { rawBody?: Buffer; body?: unknown },
  limitBytes: number,
): Promise<void> {
  const kept: Buffer[] = [];
  let seen = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (seen <= limitBytes) kept.push(chunk);
    seen += chunk.length;
    if (seen > limitBytes + discardedBytes) break;
  }
  req.rawBody = Buffer.concat(kept).subarray(0, limitBytes + 1);
  req.body = undefined;
}
