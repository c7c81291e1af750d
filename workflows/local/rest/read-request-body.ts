import type { IncomingMessage } from 'node:http';
import { RequestError } from '../request-error.ts';

/** Reads the body of a request up to a limit. @throws RequestError PAYLOAD_TOO_LARGE as soon as the limit is passed */
export async function readRequestBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new RequestError('PAYLOAD_TOO_LARGE', `the body has more than ${maxBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size <= maxBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new RequestError('INVALID_ARGUMENT', 'the request was broken off')));
  });
}
