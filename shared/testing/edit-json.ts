/** New values by JSON pointer (RFC 6901); `undefined` takes the member out. */
export type JsonEdits = Readonly<Record<string, unknown>>;

/** A copy of a JSON value with some places changed. Places between are made when they are missing. */
export function editJson(json: unknown, edits: JsonEdits): unknown {
  const root = { value: structuredClone(json) };
  for (const [pointer, value] of Object.entries(edits)) {
    const keys = ['value', ...pointer.split('/').slice(1)];
    const last = keys.pop() as string;
    let holder = root as Record<string, unknown>;
    for (const key of keys) {
      holder[key] ??= {};
      holder = holder[key] as Record<string, unknown>;
    }
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return root.value;
}
