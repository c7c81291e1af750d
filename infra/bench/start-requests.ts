/** One call of a function: what is sent, and which status proves that it got as far as it should. */
export interface Probe {
  readonly path: string;
  readonly init: RequestInit;
  readonly status: readonly number[];
}

export interface Probes {
  /** Answered without any of Google’s clients. */
  readonly alone: Probe;
  /** Answered after at least one read of Firestore, which finds nothing. */
  readonly reading: Probe;
}

const tenantId = 'ten_0123456789abcdef';
const job = { tenantId, jobId: 'job_0123456789abcdef', executionId: 'bench' };

/** Who the bench says it is; the functions are told to let it in. */
export const benchCaller = 'bench@atlas-bench.iam.gserviceaccount.com';

/** A token as Cloud Run hands it on to a function once it has checked its signature. */
function tokenFor(name: string): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    ...{ iss: 'https://accounts.google.com', aud: `https://atlas-${name}-1.europe-west4.run.app` },
    ...{ iat, exp: iat + 3600, email: benchCaller, email_verified: true },
  };
  return `${encode({ alg: 'RS256' })}.${encode(claims)}.SIGNATURE_REMOVED_BY_GOOGLE`;
}

const post = (name: string, body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { authorization: `Bearer ${tokenFor(name)}`, 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** A Pub/Sub message as Eventarc delivers it. */
function event(name: string, data: unknown): RequestInit {
  const message = { data: Buffer.from(JSON.stringify(data)).toString('base64') };
  return post(
    name,
    { message },
    {
      'ce-id': 'bench',
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
      'ce-source': `//pubsub.googleapis.com/projects/atlas-bench/topics/atlas-${name}`,
    },
  );
}

/** Functions that are called by requests of their own; all others take stage commands from a topic. */
const own: Record<string, (name: string) => Probes> = {
  api: () => ({
    alone: { path: '/openapi.json', init: {}, status: [200] },
    reading: { path: '/health', init: {}, status: [200] },
  }),
  claim: (name) => ({
    alone: { path: '/', init: post(name, {}), status: [400] },
    reading: { path: '/', init: post(name, job), status: [404] },
  }),
  sweep: (name) => ({
    alone: { path: '/', init: post(name, {}), status: [400] },
    reading: { path: '/', init: post(name, { sweeps: ['idempotency'] }), status: [200] },
  }),
  webhook: (name) => ({
    alone: { path: '/', init: event(name, {}), status: [204, 500] },
    reading: {
      path: '/',
      init: event(name, { tenantId, webhookId: 'whk_0123456789abcdef', deliveryId: 'msg_0123456789abcdef' }),
      status: [204],
    },
  }),
};

const ofStage = (name: string): Probes => ({
  // No command: taken from the topic, or sent to its dead letters.
  alone: { path: '/', init: event(name, {}), status: [204, 500] },
  // A command of a job that is not there: ignored once that is known.
  reading: {
    path: '/',
    init: event(name, { ...job, stage: name, target: null, callbackUrl: 'https://atlas.example/c', input: {} }),
    status: [204],
  },
});

/** The calls that the start bench makes of a function. */
export const probesOf = (name: string): Probes => (own[name] ?? ofStage)(name);

/** Arguments of the scoring job: none are refused at once; these name a stage that is not there. */
export const scoreArguments = {
  alone: [],
  reading: [tenantId, '0'.repeat(64), `tenants/${tenantId}/scores/bench.json`],
} as const;
