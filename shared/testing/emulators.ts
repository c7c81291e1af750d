export interface Emulators {
  readonly firestoreHost: string;
  readonly pubsubHost: string;
  readonly storageUrl: string;
  readonly project: string;
}

const { FIRESTORE_EMULATOR_HOST: firestoreHost, PUBSUB_EMULATOR_HOST: pubsubHost } = process.env;
const { STORAGE_EMULATOR_HOST: storageUrl } = process.env;
// Google’s clients prefer these variables to what they are told; here the adapters’ own settings are to count.
delete process.env.FIRESTORE_EMULATOR_HOST;
delete process.env.PUBSUB_EMULATOR_HOST;
delete process.env.STORAGE_EMULATOR_HOST;

/** Where `npm run test:emulators` has started Google’s emulators, and the server that stands in for Cloud Storage. */
export function emulators(): Emulators {
  if (!firestoreHost || !pubsubHost || !storageUrl) {
    throw new Error('these tests need the emulators: npm run test:emulators');
  }
  return { firestoreHost, pubsubHost, storageUrl, project: 'atlas-emulated' };
}

/** Settings of a server in the emulator mode, on a free port, with its own files in `home`. */
export function emulatorEnvironment(home: string, more: Record<string, string> = {}): Record<string, string> {
  const { firestoreHost, pubsubHost, storageUrl, project } = emulators();
  return {
    ATLAS_MODE: 'emulator',
    ATLAS_HOME: home,
    ATLAS_PORT: '0',
    GOOGLE_CLOUD_PROJECT: project,
    FIRESTORE_EMULATOR_HOST: firestoreHost,
    PUBSUB_EMULATOR_HOST: pubsubHost,
    STORAGE_EMULATOR_HOST: storageUrl,
    ...more,
  };
}

/** Deletes every document. */
export async function clearFirestore(): Promise<void> {
  const { firestoreHost, project } = emulators();
  const url = `http://${firestoreHost}/emulator/v1/projects/${project}/databases/(default)/documents`;
  const { ok, status } = await fetch(url, { method: 'DELETE' });
  if (!ok) throw new Error(`the Firestore emulator answered ${status}`);
}
