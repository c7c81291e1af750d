import type { Deps } from '../../../functions/context.ts';
import type { DocStore, DocTransaction, ObjectStore } from '../../../shared/ports/index.ts';

/** Operations as Google bills them; a query that finds nothing is one read. */
export interface Operations {
  documentReads: number;
  documentWrites: number;
  messages: number;
  objectWrites: number;
  objectReads: number;
  storedBytes: number;
}

function countDocs(docs: DocStore, count: Operations): DocStore {
  return {
    ...docs,
    get(path) {
      count.documentReads++;
      return docs.get(path);
    },
    getAll(paths) {
      count.documentReads += paths.length;
      return docs.getAll(paths);
    },
    create(path, data) {
      count.documentWrites++;
      return docs.create(path, data);
    },
    set(path, data, options) {
      count.documentWrites++;
      return docs.set(path, data, options);
    },
    delete(path) {
      count.documentWrites++;
      return docs.delete(path);
    },
    batch(writes) {
      count.documentWrites += writes.length;
      return docs.batch(writes);
    },
    transaction: (body) => docs.transaction((tx) => body(countTransaction(tx, count))),
    async query(collection, query) {
      const found = await docs.query<never>(collection, query);
      count.documentReads += Math.max(1, found.length);
      return found;
    },
  };
}

const countTransaction = (tx: DocTransaction, count: Operations): DocTransaction => ({
  get(path) {
    count.documentReads++;
    return tx.get(path);
  },
  getAll(paths) {
    count.documentReads += paths.length;
    return tx.getAll(paths);
  },
  create(path, data) {
    count.documentWrites++;
    tx.create(path, data);
  },
  set(path, data, options) {
    count.documentWrites++;
    tx.set(path, data, options);
  },
  delete(path) {
    count.documentWrites++;
    tx.delete(path);
  },
});

const countObjects = (objects: ObjectStore, count: Operations): ObjectStore => ({
  ...objects,
  async put(key, bytes, options) {
    count.objectWrites++;
    const written = await objects.put(key, bytes, options);
    if (written) count.storedBytes += bytes.byteLength;
    return written;
  },
  get(key) {
    count.objectReads++;
    return objects.get(key);
  },
  head(key) {
    count.objectReads++;
    return objects.head(key);
  },
});

/** The same ports, counting into `count` what passes through them. */
export function countOperations(deps: Deps, count: Operations): Deps {
  const { bus } = deps;
  return {
    ...deps,
    docs: countDocs(deps.docs, count),
    objects: countObjects(deps.objects, count),
    bus: {
      publish(topic, message) {
        count.messages++;
        return bus.publish(topic, message);
      },
    },
  };
}
