import type { DocumentReference, DocumentSnapshot, Firestore } from '@google-cloud/firestore';
import { AtlasError } from '../../errors.ts';
import { commitLimits, DocExists, type DocPath, type DocWrite } from '../../ports/index.ts';
import { decodeDocument, encodeDocument, type FirestoreSdk } from './firestore-fields.ts';
import { fromGoogleError, grpcStatus, grpcStatusOf } from './google-error.ts';

export interface Loaded {
  readonly sdk: FirestoreSdk;
  readonly client: Firestore;
}

/** @throws TypeError for what is no document path */
export function documentAt(client: Firestore, path: DocPath): DocumentReference {
  const segments = path.split('/');
  if (segments.length % 2 !== 0 || segments.includes('')) throw new TypeError(`not a document path: ${path}`);
  return client.doc(path);
}

/** The document that a snapshot holds. */
export const readSnapshot = <T>(sdk: FirestoreSdk, snapshot: DocumentSnapshot): T | undefined => {
  const kept = snapshot.data();
  return kept && decodeDocument<T>(sdk, kept);
};

/** Refuses what one commit cannot hold before anything is sent. The emulator would take more. */
export function checkSize(writes: readonly DocWrite[]): void {
  let bytes = 0;
  for (const write of writes) {
    if (write.kind === 'delete') continue;
    const size = Buffer.byteLength(JSON.stringify(write.data));
    bytes += size;
    if (size > commitLimits.documentBytes) {
      throw new AtlasError(
        'count_over_limit',
        `Document ${write.path} would be larger than ${commitLimits.documentBytes} bytes.`,
      );
    }
  }
  if (writes.length > commitLimits.writes || bytes > commitLimits.bytes) {
    throw new AtlasError('count_over_limit', `${writes.length} writes of ${bytes} bytes are too much for one commit.`);
  }
}

/** What a batch and a transaction have in common. */
interface Writer {
  create(reference: DocumentReference, data: Record<string, unknown>): unknown;
  set(reference: DocumentReference, data: Record<string, unknown>, options?: object): unknown;
  delete(reference: DocumentReference): unknown;
}

/** Puts writes into a batch or transaction as they are. */
export function applyWrites({ sdk, client }: Loaded, writer: object, writes: readonly DocWrite[]): void {
  const to = writer as Writer;
  for (const write of writes) {
    const reference = documentAt(client, write.path);
    if (write.kind === 'delete') {
      to.delete(reference);
      continue;
    }
    const merge = write.kind === 'set' && write.merge === true;
    const { fields, mask } = encodeDocument(sdk, write.data, merge);
    if (write.kind === 'create') to.create(reference, fields);
    // A plain merge would go into maps; the mask names whole top-level fields.
    else if (merge) to.set(reference, fields, mask.length > 0 ? { mergeFields: mask } : { merge: true });
    else to.set(reference, fields);
  }
}

/** Firestore names the document that a create met; of a single create we know it anyway. */
function existingPath(thrown: unknown, writes: readonly DocWrite[]): DocPath {
  const creates = writes.filter(({ kind }) => kind === 'create');
  const named = creates.find(({ path }) => String((thrown as Error).message).includes(`/documents/${path}`));
  return (named ?? creates[0])?.path ?? '';
}

/** An error of the client as one of ours; a create that met a document is `DocExists`. */
export const failure = (thrown: unknown, writes: readonly DocWrite[] = []): unknown =>
  grpcStatusOf(thrown) === grpcStatus.alreadyExists
    ? new DocExists(existingPath(thrown, writes))
    : fromGoogleError(thrown, 'Firestore');
