import type { DocTransaction, DocWrite } from '../ports/index.ts';

/** Puts writes into a transaction. */
export function applyWrites(tx: DocTransaction, writes: readonly DocWrite[]): void {
  for (const write of writes) {
    if (write.kind === 'create') tx.create(write.path, write.data);
    else if (write.kind === 'set') tx.set(write.path, write.data, { merge: write.merge === true });
    else tx.delete(write.path);
  }
}
