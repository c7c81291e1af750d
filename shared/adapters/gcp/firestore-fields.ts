import type * as Sdk from '@google-cloud/firestore';
import { type DocData, isIncrement } from '../../ports/index.ts';

export type FirestoreSdk = typeof Sdk;

/** Stands around a list that lies directly in a list, which Firestore does not take. */
const listKey = '~[]';
/**
 * The top-level field that a TTL policy may name. Its ISO time is kept as a Timestamp, the only type that expires
 * documents, and read back as text; a document outlives it by up to a day.
 */
const expiryField = 'expiresAt';

const isIsoTime = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));

/** Firestore refuses the empty field name and `__…__`; those, and names that look like ours, get a tilde in front. */
const encodeKey = (key: string): string => (/^(|~.*|__.*__)$/s.test(key) ? `~${key}` : key);
const decodeKey = (key: string): string => (key.startsWith('~') ? key.slice(1) : key);

/** Keeps what JSON keeps: `undefined` in an object is left out, in a list it is null, and so is what is no number. */
function encodeValue(value: unknown, inList = false): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') throw new TypeError(`a document holds no ${typeof value}`);
  if (Array.isArray(value)) {
    const list = value.map((item) => (item === undefined ? null : encodeValue(item, true)));
    return inList ? { [listKey]: list } : list;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return encodeValue(value.toJSON(), inList);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [encodeKey(key), encodeValue(item)]),
  );
}

function decodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0] === listKey) return decodeValue(entries[0][1]);
  return Object.fromEntries(entries.map(([key, item]) => [decodeKey(key), decodeValue(item)]));
}

/** A value as a filter or cursor on `field` compares it. */
export const encodeOperand = (sdk: FirestoreSdk, field: string, value: unknown): unknown =>
  field === expiryField && isIsoTime(value) ? sdk.Timestamp.fromDate(new Date(value)) : encodeValue(value);

/** A document as Firestore takes it, and the top-level fields that it names. */
export function encodeDocument(
  sdk: FirestoreSdk,
  data: DocData,
  merge: boolean,
): { fields: Record<string, unknown>; mask: InstanceType<FirestoreSdk['FieldPath']>[] } {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined) {
      if (merge) fields[encodeKey(name)] = sdk.FieldValue.delete();
    } else if (isIncrement(value)) fields[encodeKey(name)] = sdk.FieldValue.increment(value.$increment);
    else fields[encodeKey(name)] = encodeOperand(sdk, name, value);
  }
  return { fields, mask: Object.keys(fields).map((key) => new sdk.FieldPath(key)) };
}

/** The document that was written, from what Firestore keeps. */
export function decodeDocument<T>(sdk: FirestoreSdk, kept: Record<string, unknown>): T {
  const expiry = kept[expiryField];
  const data = decodeValue(expiry instanceof sdk.Timestamp ? { ...kept, [expiryField]: null } : kept) as DocData;
  if (expiry instanceof sdk.Timestamp) data[expiryField] = expiry.toDate().toISOString();
  return data as T;
}
