import { AtlasError } from '../../shared/errors.ts';
import { limits } from '../../shared/schema/index.ts';
import type { HttpRequest } from '../http-function.ts';

const tooLarge = (): AtlasError =>
  new AtlasError('body_too_large', `The body has more than ${limits.requestBytes} bytes.`);

/** Bytes past the limit that are read and dropped, so that a client that is still sending gets to read the refusal. */
const droppedBytes = 8 * 1024 * 1024;

/** Reads the body up to the limit. @throws AtlasError body_too_large */
export async function readBody(req: HttpRequest, limitBytes: number = limits.requestBytes): Promise<Buffer> {
  if (req.rawBody) {
    if (req.rawBody.length > limitBytes) throw tooLarge();
    return req.rawBody;
  }
  const kept: Buffer[] = [];
  let seen = 0;
  // The stream is left open when the reading stops, or the connection would be cut before the refusal is written.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    seen += chunk.length;
    if (seen <= limitBytes) kept.push(chunk);
    else if (seen > limitBytes + droppedBytes) break;
  }
  if (seen > limitBytes) throw tooLarge();
  return Buffer.concat(kept);
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/**
 * Deepest nesting in JSON text and the number of commas between its members, counted without recursion and before any
 * parser sees it. In UTF-8 no byte of a longer character looks like one of these signs.
 */
export function jsonExtent(bytes: Uint8Array): { depth: number; commas: number } {
  let level = 0;
  let depth = 0;
  let commas = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === comma) commas++;
    else if (opening.has(byte)) depth = Math.max(depth, ++level);
    else if (closing.has(byte)) level--;
  }
  return { depth, commas };
}

/** @throws AtlasError json_too_deep, body_too_large, malformed_json */
export function parseJson(bytes: Uint8Array): unknown {
  const { depth, commas } = jsonExtent(bytes);
  if (depth > limits.jsonDepth) {
    throw new AtlasError('json_too_deep', `The JSON is nested more than ${limits.jsonDepth} levels deep.`);
  }
  if (commas >= limits.jsonMembers) {
    throw new AtlasError('body_too_large', `The JSON holds more than ${limits.jsonMembers} members.`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AtlasError('malformed_json', 'The body is not one JSON document in UTF-8.', { cause });
  }
}

/** Reads a JSON body. @throws AtlasError unsupported_media_type, body_too_large, json_too_deep, malformed_json */
export async function readJson(req: HttpRequest): Promise<unknown> {
  const [type, ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const foreignCharset = parameters.some((part) => /^\s*charset=(?!"?utf-8"?\s*$)/.test(part));
  if (type?.trim() !== 'application/json' || foreignCharset) {
    throw new AtlasError('unsupported_media_type', 'The content-type must be application/json in UTF-8.');
  }
  if (req.headers['content-encoding'] !== undefined) {
    throw new AtlasError('unsupported_media_type', 'The body must not be compressed.');
  }
  return parseJson(await readBody(req));
}
