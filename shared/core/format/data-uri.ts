import { AtlasError } from '../../errors.ts';

export interface DataUri {
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

const head = /^data:([^;,]*)(?:;(?!base64)[^;,]*)*(;base64)?,/i;

function percentDecoded(text: string, pointer: string): Uint8Array {
  try {
    return Uint8Array.from(decodeURIComponent(text), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw new AtlasError('file_malformed', 'A data: URI is not encoded well.', { pointer, cause });
  }
}

/**
 * Decodes a `data:` URI (RFC 2397). Base64 is read up to the first character that does not belong; whoever knows the
 * length that there must be checks it.
 * @throws file_malformed
 */
export function readDataUri(uri: string, pointer: string): DataUri {
  const match = head.exec(uri.slice(0, 256));
  if (!match) throw new AtlasError('file_malformed', 'A data: URI has no comma.', { pointer });
  const body = uri.slice(match[0].length);
  const bytes = match[2] ? new Uint8Array(Buffer.from(body, 'base64')) : percentDecoded(body, pointer);
  return { mimeType: (match[1] ?? '').toLowerCase(), bytes };
}
