// Starts Google's Firestore and Pub/Sub emulators by Java, without the gcloud wrapper: that one needs a login folder
// and leaves its child behind when it is killed. Beside them our own server that stands in for Cloud Storage.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a cold emulator may take on a slow machine; on two cores it takes 3 to 6 s. */
const readyMs = 60_000;

/** Where the emulators' programs lie. */
export interface EmulatorJars {
  readonly firestore: string;
  readonly pubsub: string;
}

export interface Emulators {
  /** What a client needs in its environment to find them. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

interface Emulator {
  /** `host:port` */
  readonly host: string;
  stop(): Promise<void>;
}

function output(command: string, args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** The emulators' jars, or what is missing, in words. */
export function findEmulators(): EmulatorJars | { missing: string } {
  if (output('java', ['-version']) === undefined) return { missing: 'Java (17 or newer) is not installed' };
  const root = output('gcloud', ['info', '--format=value(installation.sdk_root)']);
  if (!root) return { missing: 'gcloud is not installed' };
  const firestore = join(root, 'platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar');
  const lib = join(root, 'platform', 'pubsub-emulator', 'lib');
  const jars = existsSync(lib) ? readdirSync(lib) : [];
  const pubsub = jars.find((name) => /^cloud-pubsub-emulator-.*-all\.jar$/.test(name));
  if (!existsSync(firestore)) return { missing: 'gcloud has no component cloud-firestore-emulator' };
  if (!pubsub) return { missing: 'gcloud has no component pubsub-emulator' };
  return { firestore, pubsub: join(lib, pubsub) };
}

/** A port of this machine that nobody listened on a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((found, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });

/** Starts one emulator on a free port and waits until it answers. `args` gives its arguments for the port. */
async function start(name: string, command: string, args: (port: number) => string[], path = '/'): Promise<Emulator> {
  const port = await freePort();
  const child = spawn(command, args(port), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-4000);
  });
  const until = Date.now() + readyMs;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}${path}`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) break;
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`the ${name} emulator did not start: ${said}`);
    }
    await sleep(100);
  }
  return {
    host: `127.0.0.1:${port}`,
    stop: () =>
      new Promise<void>((ended) => {
        if (child.exitCode !== null) return ended();
        child.once('exit', () => ended());
        child.kill('SIGKILL');
      }),
  };
}

const java =
  (...which: string[]) =>
  (port: number): string[] => [
    '-Xmx512m',
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    ...which,
    '--host=127.0.0.1',
    `--port=${port}`,
  ];

/** Starts all three. `env` is what a client needs to find them. Needs the build. */
export async function startEmulators({ firestore, pubsub }: EmulatorJars): Promise<Emulators> {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-storage-emulator-'));
  const storage = resolve('dist/storage-emulator.mjs');
  const starting = await Promise.allSettled([
    start('Firestore', 'java', java('-cp', firestore, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore')),
    start('Pub/Sub', 'java', java('-jar', pubsub)),
    start('Storage', process.execPath, (port) => [storage, folder, String(port)], '/storage/v1/b'),
  ]);
  const running = starting.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((emulator) => emulator.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const failed = starting.find((one) => one.status === 'rejected');
  const [firestoreEmulator, pubsubEmulator, storageEmulator] = running;
  if (!firestoreEmulator || !pubsubEmulator || !storageEmulator) {
    await stop();
    throw failed?.reason;
  }
  return {
    env: {
      FIRESTORE_EMULATOR_HOST: firestoreEmulator.host,
      PUBSUB_EMULATOR_HOST: pubsubEmulator.host,
      STORAGE_EMULATOR_HOST: `http://${storageEmulator.host}`,
      // Otherwise Google's clients look for a metadata server, which takes seconds.
      METADATA_SERVER_DETECTION: 'none',
    },
    stop,
  };
}
