// Starts Google's Firestore and Pub/Sub emulators by Java, without the gcloud wrapper: that one needs a login folder
// and leaves its child behind when it is killed.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a cold emulator may take on a slow machine; on two cores it takes 3 to 6 s. */
const readyMs = 60_000;

function output(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** The emulators' jars, or what is missing, in words. */
export function findEmulators() {
  if (output('java', ['-version']) === undefined) return { missing: 'Java (17 or newer) is not installed' };
  const root = output('gcloud', ['info', '--format=value(installation.sdk_root)']);
  if (!root) return { missing: 'gcloud is not installed' };
  const firestore = join(root, 'platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar');
  const lib = join(root, 'platform', 'pubsub-emulator', 'lib');
  const pubsub = existsSync(lib) && readdirSync(lib).find((name) => /^cloud-pubsub-emulator-.*-all\.jar$/.test(name));
  if (!existsSync(firestore)) return { missing: 'gcloud has no component cloud-firestore-emulator' };
  if (!pubsub) return { missing: 'gcloud has no component pubsub-emulator' };
  return { firestore, pubsub: join(lib, pubsub) };
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts one emulator on a free port and waits until it answers. */
async function start(name, java) {
  const port = await freePort();
  const child = spawn('java', ['-Xmx512m', ...java, '--host=127.0.0.1', `--port=${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4000);
  });
  const until = Date.now() + readyMs;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/`).then(
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
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', resolve);
        child.kill('SIGKILL');
      }),
  };
}

/** Starts both. `env` is what a client needs to find them. */
export async function startEmulators({ firestore, pubsub }) {
  const starting = await Promise.allSettled([
    start('Firestore', ['-cp', firestore, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore']),
    start('Pub/Sub', ['-jar', pubsub]),
  ]);
  const running = starting.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const stop = () => Promise.all(running.map((emulator) => emulator.stop()));
  const failed = starting.find(({ status }) => status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [firestoreEmulator, pubsubEmulator] = running;
  return {
    env: {
      FIRESTORE_EMULATOR_HOST: firestoreEmulator.host,
      PUBSUB_EMULATOR_HOST: pubsubEmulator.host,
      // Otherwise Google's clients look for a metadata server, which takes seconds.
      METADATA_SERVER_DETECTION: 'none',
    },
    stop,
  };
}
