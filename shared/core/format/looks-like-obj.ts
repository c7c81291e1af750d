const window = 256 * 1024;
const statement = /^(v|vn|vt|vp|f|l|p|o|g|s|mtllib|usemtl|mg)(\s|$)/;

/**
 * Whether text reads as Wavefront OBJ: OBJ has no magic, so its first 256 KB must hold a vertex or a library, and at
 * most a few lines that are no statement.
 */
export function looksLikeObj(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, window);
  if (head.includes(0)) return false;
  const lines = new TextDecoder('latin1').decode(head).split(/\r\n|\n|\r/);
  let statements = 0;
  let strange = 0;
  let geometry = false;
  for (const raw of lines) {
    const line = raw.replace(/^(\u00ef\u00bb\u00bf|\ufeff)/, '').trim();
    if (line === '' || line.startsWith('#')) continue;
    if (statement.test(line)) statements++;
    else strange++;
    geometry ||= /^(v\s+[-+.\d]|mtllib\s)/.test(line);
  }
  return geometry && strange <= statements * 0.1 + 1;
}
