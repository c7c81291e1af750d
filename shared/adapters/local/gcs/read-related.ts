import { GcsFault } from './gcs-fault.ts';

const headEnd = Buffer.from('\r\n\r\n');
/** Boundary, headers and metadata document of the first part; the bytes of the object follow. */
const headBytes = 1 << 20;

/**
 * Reads a `multipart/related` body of two parts: a JSON document and the bytes of an object, which are handed on as they
 * come. RFC 2387.
 *
 * @param contentType - of the request, with the boundary
 * @returns the document and the content-type of the second part
 * @throws GcsFault invalid
 */
export async function readRelated(
  body: AsyncIterable<Buffer>,
  contentType: string,
  write: (bytes: Buffer) => Promise<void>,
): Promise<{ resource: Record<string, unknown>; contentType: string | undefined }> {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  const broken = (what: string) => new GcsFault('invalid', `The multipart body is broken: ${what}.`);
  if (boundary === undefined) throw broken('it names no boundary');
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter may stand at the very beginning.
  let held: Buffer = Buffer.from('\r\n');
  let head: { resource: Record<string, unknown>; contentType: string | undefined } | undefined;
  let ended = false;
  for await (const chunk of body) {
    if (ended) continue;
    held = Buffer.concat([held, chunk]);
    if (!head) {
      const found = readHead(held, delimiter);
      if (!found && held.length > headBytes) throw broken('the first part is too large');
      if (!found) continue;
      head = found;
      held = held.subarray(found.length);
    }
    const end = held.indexOf(delimiter);
    ended = end >= 0;
    // What may be the beginning of the delimiter waits for the next chunk.
    const ready = ended ? end : Math.max(0, held.length - delimiter.length + 1);
    if (ready > 0) await write(held.subarray(0, ready));
    held = held.subarray(ready);
  }
  if (!head) throw broken('it has no two parts');
  if (!ended) throw broken('it ends without its boundary');
  return head;
}

/** Both parts’ headers and the document, once all of it is there. */
function readHead(
  held: Buffer,
  delimiter: Buffer,
): { resource: Record<string, unknown>; contentType: string | undefined; length: number } | undefined {
  const first = held.indexOf(delimiter);
  const firstHead = held.indexOf(headEnd, first + delimiter.length);
  const second = firstHead < 0 ? -1 : held.indexOf(delimiter, firstHead + headEnd.length);
  const secondHead = second < 0 ? -1 : held.indexOf(headEnd, second + delimiter.length);
  if (first < 0 || secondHead < 0) return undefined;
  const resource: unknown = JSON.parse(held.subarray(firstHead + headEnd.length, second).toString());
  const headers = held.subarray(second + delimiter.length, secondHead).toString();
  const contentType = /^content-type:\s*(.+?)\s*$/im.exec(headers)?.[1];
  if (typeof resource !== 'object' || resource === null) throw new GcsFault('invalid', 'The metadata is no object.');
  return { resource: resource as Record<string, unknown>, contentType, length: secondHead + headEnd.length };
}
