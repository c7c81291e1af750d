import { stringOf } from '../expression/string-of.ts';
import { parseJson, writeJson } from '../json-text.ts';
import { isBytes, isMap, type Value } from '../value.ts';
import { WorkflowError } from '../workflow-error.ts';

/** Writes the body of a request; answers the content type that goes with it. @throws TypeError */
export function writeBody(body: Value, contentType: string | undefined): { bytes: Uint8Array; contentType: string } {
  if (isBytes(body)) return { bytes: body, contentType: contentType ?? 'application/octet-stream' };
  const type = contentType ?? 'application/json; charset=utf-8';
  return { bytes: new TextEncoder().encode(bodyText(body, contentType)), contentType: type };
}

function bodyText(body: Value, contentType: string | undefined): string {
  if (contentType === undefined) return writeJson(body);
  if (typeof body === 'string') return body;
  if (isMap(body) && contentType.startsWith('application/x-www-form-urlencoded')) {
    return new URLSearchParams([...body].map(([key, value]): [string, string] => [key, stringOf(value)])).toString();
  }
  return writeJson(body);
}

/**
 * Reads the body of a response or callback: JSON becomes a value, text and forms a string, an empty body null, anything else
 * bytes. JSON that cannot be read is answered as `unreadable` says.
 */
export function readBody(body: Uint8Array, contentType: string, unreadable: 'text' | 'raise' = 'text'): Value {
  if (body.byteLength === 0) return null;
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  if (type === 'application/json' || type.endsWith('+json')) {
    const text = new TextDecoder().decode(body);
    try {
      return parseJson(text);
    } catch (error) {
      if (unreadable === 'raise' || !(error instanceof WorkflowError)) throw error;
      return text;
    }
  }
  if (type.startsWith('text/') || type === 'application/x-www-form-urlencoded') return new TextDecoder().decode(body);
  return new Uint8Array(body);
}
