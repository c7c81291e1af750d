/** An RFC 6901 JSON pointer from its parts: `jsonPointer('accessors', 3)` is `/accessors/3`. */
export function jsonPointer(...parts: readonly PropertyKey[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
