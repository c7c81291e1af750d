import { createHash } from 'node:crypto';

/**
 * Over how many documents a tenant’s sums are spread. Firestore takes about one lasting write a second of one document, and
 * each job that ends adds to several sums; a reader adds up the shards that are there.
 */
export const shardCount = 32;

/** The shard of whatever belongs to `id`: always the same, so that a commit that is tried again touches the same document. */
export const shardOf = (id: string): number => (createHash('sha256').update(id).digest()[0] ?? 0) % shardCount;

export const allShards: readonly number[] = Array.from({ length: shardCount }, (_, shard) => shard);
