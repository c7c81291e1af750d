import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { firestoreDocStore } from '../../../shared/adapters/gcp/firestore-doc-store.ts';
import type { DocStore } from '../../../shared/ports/index.ts';
import { Job, Problem } from '../../../shared/schema/index.ts';
import { emulators } from '../../../shared/testing/emulators.ts';
import { expectExact, type FaultPlace, faultPlace, type StageName, until } from './fault-place.ts';
import { type ProxyMode, type TcpProxy, tcpProxy } from './tcp-proxy.ts';

/** How long a store stays away. */
const outageMs = 2000;

let place: FaultPlace;
let firestore: TcpProxy | undefined;
let pubsub: TcpProxy | undefined;
let storage: TcpProxy | undefined;
let docs: ReturnType<typeof firestoreDocStore>;
/** Told of each stage that begins to be handled. */
let begins: (name: StageName) => void;
/** Makes the next commits lose their answers; counts those that did. */
let losing = 0;
let lost = 0;
const delivered: string[] = [];

/** Loses the answer of a commit: of a batch, or of the transaction whose body has just run. */
function losingCommits(store: DocStore, proxy: () => TcpProxy): DocStore {
  const lose = (): void => {
    if (losing === 0) return;
    losing--;
    lost++;
    void proxy().loseNextAnswer();
  };
  return {
    ...store,
    batch(writes) {
      lose();
      return store.batch(writes);
    },
    transaction: (body) =>
      store.transaction(async (tx) => {
        const result = await body(tx);
        lose();
        return result;
      }),
  };
}

interface OtherPlace {
  readonly place: FaultPlace;
  readonly ids: Promise<string[]>;
}
/** Google’s clients come back to these slowly: their jobs run in places of their own beside the other tests. */
let withoutPubsub: OtherPlace;
let withoutStorage: OtherPlace;

async function beginWithoutPubsub(): Promise<OtherPlace> {
  pubsub = await tcpProxy(emulators().pubsubHost);
  const other = await faultPlace({ environment: { PUBSUB_EMULATOR_HOST: pubsub.host } });
  pubsub.set('refuse');
  setTimeout(() => pubsub?.set('open'), outageMs);
  return { place: other, ids: other.post(4) };
}

async function beginWithoutStorage(): Promise<OtherPlace> {
  storage = await tcpProxy(new URL(emulators().storageUrl).host);
  let gone = false;
  const other = await faultPlace({
    environment: { STORAGE_EMULATOR_HOST: `http://${storage.host}` },
    between: (name, handle) => (event) => {
      if (name === 'settle' && !gone) {
        gone = true;
        storage?.set('refuse');
        setTimeout(() => storage?.set('open'), outageMs);
      }
      return handle(event);
    },
  });
  return { place: other, ids: other.post(3) };
}

beforeAll(async () => {
  begins = () => undefined;
  withoutPubsub = await beginWithoutPubsub();
  withoutStorage = await beginWithoutStorage();
  firestore = await tcpProxy(emulators().firestoreHost);
  place = await faultPlace({
    instances(deps) {
      docs = firestoreDocStore({
        project: deps.settings.project,
        emulatorHost: firestore?.host ?? '',
        timeoutMs: 4000,
      });
      return [{ ...deps, docs: losingCommits(docs, () => firestore as TcpProxy) }];
    },
    between: (name, handle) => (event) => {
      begins(name);
      return handle(event);
    },
  });
});
afterEach(() => {
  begins = () => undefined;
  firestore?.set('open');
});
afterAll(async () => {
  await place.close();
  await docs.close();
  for (const proxy of [firestore, pubsub, storage]) await proxy?.close();
});

const post = (key: string): Promise<Response> =>
  fetch(`${place.server.url}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${place.key}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(place.request),
  });

/** Sends the request under its key until it is accepted, as a client does that is told to come again. */
async function postUntilAccepted(key: string): Promise<string> {
  let id = '';
  await until(`the job ${key} is accepted`, async () => {
    const answer = await post(key);
    if (answer.status === 201) id = Job.parse(await answer.json()).id;
    else expect([409, 429, 503]).toContain(answer.status);
    return answer.status === 201;
  });
  return id;
}

/** Takes Firestore away when the stage begins for the first time, for a while. */
function awayDuring(stage: StageName, mode: ProxyMode): () => boolean {
  let happened = false;
  begins = (name) => {
    if (happened || name !== stage) return;
    happened = true;
    firestore?.set(mode);
    setTimeout(() => firestore?.set('open'), outageMs);
  };
  return () => happened;
}

describe.each<[string, ProxyMode, StageName[]]>([
  ['refuses every connection', 'refuse', ['dispatch', 'settle']],
  ['does not answer', 'silent', ['gate']],
])('a Firestore that %s', (_case, mode, stages) => {
  test('lets nothing be accepted: 503, and one job once it is back, however often the key came', async () => {
    firestore?.set(mode);
    for (let tries = 0; tries < 2; tries++) {
      const answer = await post(`away-${mode}`);
      const problem = Problem.parse(await answer.json());
      expect([answer.status, problem.code]).toEqual([503, 'store_unavailable']);
      expect(answer.headers.get('retry-after')).not.toBeNull();
    }
    firestore?.set('open');
    const id = await postUntilAccepted(`away-${mode}`);
    expect(await postUntilAccepted(`away-${mode}`)).toBe(id);
    await place.ended([id]);
    delivered.push(id);
    await expectExact(place, { delivered });
  }, 120_000);

  test.each(stages)('during %s only delays the jobs', async (stage) => {
    const happened = awayDuring(stage, mode);
    const ids = await place.post(4);
    await place.ended(ids);
    expect(happened()).toBe(true);
    delivered.push(...ids);
    await expectExact(place, { delivered });
  });
});

describe('a commit that arrives while its answer is lost', () => {
  test('accepts one job', async () => {
    const before = lost;
    losing = 3;
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push(await postUntilAccepted(`lost-${n}`));
    losing = 0;
    expect(lost - before).toBe(3);
    expect(new Set(ids).size).toBe(3);
    await place.ended(ids);
    delivered.push(...ids);
    await expectExact(place, { delivered });
  });

  test.each<StageName>(['dispatch', 'gate', 'settle'])('in %s does its work once', async (stage) => {
    const before = lost;
    begins = (name) => {
      if (name === stage) losing = 1;
    };
    for (let n = 0; n < 2; n++) {
      const id = await postUntilAccepted(`${stage}-${n}`);
      await place.ended([id]);
      delivered.push(id);
    }
    losing = 0;
    expect(lost - before).toBeGreaterThanOrEqual(2);
    await expectExact(place, { delivered });
  });
});

test('a Pub/Sub that is away only delays the jobs', async () => {
  const { place: other, ids } = await withoutPubsub;
  await other.ended(await ids);
  await expectExact(other, { delivered: await ids });
  await other.close();
}, 120_000);

test('an object store that is away while jobs are settled only delays them', async () => {
  const { place: other, ids } = await withoutStorage;
  await other.ended(await ids);
  await expectExact(other, { delivered: await ids });
  await other.close();
}, 120_000);
