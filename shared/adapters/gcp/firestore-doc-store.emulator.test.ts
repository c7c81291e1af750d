import { afterAll, expect, test } from '@jest/globals';
import { docStoreContract } from '../../testing/contracts/doc-store-contract.ts';
import { clearFirestore, emulators } from '../../testing/emulators.ts';
import { firestoreDocStore } from './firestore-doc-store.ts';

const { firestoreHost, project } = emulators();
const docs = firestoreDocStore({ project, emulatorHost: firestoreHost });
afterAll(() => docs.close());

docStoreContract('firestoreDocStore', async () => {
  await clearFirestore();
  return docs;
});

test('a time of expiry is kept as a timestamp, which a TTL policy can name', async () => {
  await docs.set('things/a', { expiresAt: '2026-11-22T10:00:00.000Z', other: '2026-11-22T10:00:00.000Z' });
  const kept = await fetch(`http://${firestoreHost}/v1/projects/${project}/databases/(default)/documents/things/a`);
  expect(await kept.json()).toMatchObject({
    fields: {
      expiresAt: { timestampValue: '2026-11-22T10:00:00Z' },
      other: { stringValue: '2026-11-22T10:00:00.000Z' },
    },
  });
});

test('a store that cannot be reached answers store_unavailable', async () => {
  // Port 9 is the discard service, which nothing here runs.
  const dead = firestoreDocStore({ project, emulatorHost: '127.0.0.1:9', timeoutMs: 500 });
  await expect(dead.create('things/a', { n: 1 })).rejects.toMatchObject({ code: 'store_unavailable' });
});
