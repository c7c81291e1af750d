export interface Emulators {
  readonly firestoreHost: string;
  readonly pubsubHost: string;
  readonly project: string;
}

const { FIRESTORE_EMULATOR_HOST: firestoreHost, PUBSUB_EMULATOR_HOST: pubsubHost } = process.env;
// Google’s clients prefer these variables to what they are told; here the adapters’ own settings are to count.
delete process.env.FIRESTORE_EMULATOR_HOST;
delete process.env.PUBSUB_EMULATOR_HOST;

/** Where `npm run test:emulators` has started Google’s emulators. */
export function emulators(): Emulators {
  if (!firestoreHost || !pubsubHost) throw new Error('these tests need the emulators: npm run test:emulators');
  return { firestoreHost, pubsubHost, project: 'atlas-emulated' };
}

/** Deletes every document. */
export async function clearFirestore(): Promise<void> {
  const { firestoreHost, project } = emulators();
  const url = `http://${firestoreHost}/emulator/v1/projects/${project}/databases/(default)/documents`;
  const { ok, status } = await fetch(url, { method: 'DELETE' });
  if (!ok) throw new Error(`the Firestore emulator answered ${status}`);
}
