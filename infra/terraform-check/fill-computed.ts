import { notKnown } from './msgpack.ts';

interface Attribute {
  readonly type: unknown;
  readonly computed?: boolean;
}
/** A schema’s block, as google-schema.json holds it. */
export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly block_types: Readonly<Record<string, { readonly block: Block }>>;
}
type Fill = (name: string, attribute: Attribute) => unknown;

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Fills what a provider would compute: each computed attribute that is null gets `fill(attribute)`, in blocks too. */
export function fillComputed(schema: Block, value: unknown, fill: Fill = () => notKnown): unknown {
  if (!isPlain(value)) return value;
  const filled = { ...value };
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    if (attribute.computed && (filled[name] ?? null) === null) filled[name] = fill(name, attribute);
  }
  for (const [name, { block }] of Object.entries(schema.block_types)) {
    const inner = filled[name];
    filled[name] = Array.isArray(inner)
      ? inner.map((item) => fillComputed(block, item, fill))
      : fillComputed(block, inner, fill);
  }
  return filled;
}

/** A known value for an attribute of a data source, so that a plan goes on without a cloud. */
export function readValue(name: string, { type }: Attribute): unknown {
  if (type === 'string') return /number/.test(name) ? '123456789012' : `read-${name}`;
  if (type === 'number') return 1;
  if (type === 'bool') return false;
  if (!Array.isArray(type)) return null;
  return type[0] === 'map' ? {} : [];
}
