import { AtlasError } from '../../errors.ts';
import { GltfJson } from './gltf-json.ts';
import { jsonDepth } from './json-depth.ts';
import { jsonPointer } from './json-pointer.ts';
import type { SourceLimits } from './source-limits.ts';

/** Some writers pad the JSON chunk with zeros instead of spaces. */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message : 'it is not UTF-8';
    throw new AtlasError('file_malformed', `The JSON of the glTF cannot be parsed: ${why}.`, { pointer: '', cause });
  }
}

/**
 * Parses the JSON of a glTF and checks its shape. Depth is counted before anything recurses.
 * @throws file_too_large, json_too_deep, file_malformed, format_unsupported
 */
export function parseGltfJson(bytes: Uint8Array, limits: SourceLimits): GltfJson {
  if (bytes.byteLength > limits.gltfJsonBytes) {
    throw new AtlasError(
      'file_too_large',
      `The JSON of the glTF has ${bytes.byteLength} bytes; the limit is ${limits.gltfJsonBytes}.`,
      { pointer: '' },
    );
  }
  if (jsonDepth(bytes, limits.jsonDepth) > limits.jsonDepth) {
    throw new AtlasError('json_too_deep', `The JSON of the glTF is nested over ${limits.jsonDepth} levels deep.`, {
      pointer: '',
    });
  }
  const value = parse(withoutPadding(bytes));
  const result = GltfJson.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new AtlasError('file_malformed', `The glTF is not valid: ${issue?.message ?? 'wrong shape'}.`, {
      pointer: jsonPointer(...(issue?.path ?? [])),
    });
  }
  const { version, minVersion } = result.data.asset;
  const needed = minVersion ?? version;
  if (!/^2\.\d+$/.test(version) || needed !== '2.0') {
    throw new AtlasError('format_unsupported', `The file needs glTF ${needed}; 2.0 is read.`, {
      pointer: minVersion === undefined ? '/asset/version' : '/asset/minVersion',
    });
  }
  return value as GltfJson;
}
