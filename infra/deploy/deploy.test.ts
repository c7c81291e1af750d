import { describe, expect, test } from '@jest/globals';
import { deploy, destroy } from './deploy.ts';
import { Options } from './options.ts';
import { allPermissions } from './permissions.ts';
import type { Outcome, World } from './ports.ts';

const options = (more: Partial<Record<keyof Options, unknown>> = {}): Options =>
  Options.parse({ project: 'atlas-example', region: 'europe-west4', domain: 'api.example.com', yes: true, ...more });

const now = new Date('2026-11-24T12:00:00Z');
const good: Outcome = { code: 0, stdout: 'ok\n', stderr: '' };
const outputs = JSON.stringify({
  atlas: {
    value: {
      subscriptions: { 'atlas-gate': 'eventarc-europe-west4-atlas-gate-sub-123' },
      policies: {
        'atlas-gate': {
          dead_letter_topic: 'projects/atlas-example/topics/atlas-gate-dead',
          max_delivery_attempts: 10,
          minimum_backoff: '0.2s',
          maximum_backoff: '10s',
          ack_deadline_seconds: 600,
        },
      },
    },
  },
});

interface Answers {
  readonly programs?: Record<string, Outcome>;
  readonly calls?: Record<string, { status: number; json: unknown; date?: string }>;
  readonly confirm?: boolean;
}

/** A world in which everything goes well but for what is said. */
function worldWith({ programs = {}, calls = {}, confirm = true }: Answers = {}) {
  const ran: string[] = [];
  const called: { url: string; body: unknown }[] = [];
  const printed: string[] = [];
  const answer = (line: string): Outcome => {
    ran.push(line);
    const special = Object.entries(programs).find(([part]) => line.includes(part))?.[1];
    if (special) return special;
    return line.includes('output -json') ? { ...good, stdout: outputs } : good;
  };
  const usual: NonNullable<Answers['calls']> = {
    testIamPermissions: { status: 200, json: { permissions: allPermissions } },
    billingInfo: { status: 200, json: { billingEnabled: true } },
    '/b/atlas-example-atlas-state': { status: 404, json: {} },
    'v3/projects/atlas-example': {
      status: 200,
      json: { name: 'projects/123456789012', state: 'ACTIVE' },
      date: now.toUTCString(),
    },
    'pubsub.googleapis.com': { status: 200, json: {} },
    '/versions?': { status: 200, json: {} },
    ':addVersion': { status: 200, json: {} },
  };
  const world: World = {
    run: async (command, args) => answer([command, ...args].join(' ')),
    show: async (command, args) => answer([command, ...args].join(' ')),
    call: async (_method, url, _token, body) => {
      called.push({ url, body });
      const all = { ...usual, ...calls };
      const found = Object.entries(all).find(([part]) => url.includes(part))?.[1];
      return found ?? { status: 500, json: {} };
    },
    confirm: async () => confirm,
    now: () => now,
    print: (line) => printed.push(line),
  };
  return { world, ran, called, text: () => printed.join('\n') };
}

const written: unknown[][] = [];
const write = (...args: unknown[]): void => {
  written.push(args);
};
const deployed = (answers: Answers, more = {}) => {
  const made = worldWith(answers);
  return deploy(made.world, options(more), write).then((code) => ({ ...made, code }));
};

describe('deploy', () => {
  test('a dry run starts nothing, calls nobody and says what would be done', async () => {
    const { code, ran, called, text } = await deployed({}, { dryRun: true });
    expect([code, ran, called]).toEqual([0, [], []]);
    expect(text()).toMatch(/terraform apply -input=false deploy.tfplan/);
    expect(text()).toMatch(/cloudkms.keyRings.create/);
    expect(text()).toMatch(/\$ *\d+\.\d\d a month {2}in all/);
  });

  test('makes everything in order and shifts traffic last', async () => {
    const { code, ran, called, text } = await deployed({
      programs: {
        'artifacts docker': { ...good, stdout: `europe-west4-docker.pkg.dev/p/atlas/score@sha256:${'a'.repeat(64)}\n` },
        'services describe': { ...good, stdout: 'atlas-api-00002-abc\n' },
      },
    });
    expect([code, text()]).toEqual([0, expect.stringMatching(/Deployed/)]);
    const order = [
      'services enable',
      'buckets create',
      'init',
      '-target=',
      'storage cp',
      'builds submit',
      'plan',
      'apply -input=false deploy',
      'output',
      '--update-tags',
      'workflows run',
      '--to-revisions atlas-api-00002-abc=100',
    ];
    const at = order.map((part) => ran.findIndex((line) => line.includes(part)));
    expect(at).not.toContain(-1);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(written.at(-1)).toEqual([expect.anything(), '123456789012', expect.stringMatching(/@sha256:a{64}$/)]);
    expect(called.filter(({ url }) => url.endsWith('/atlas-webhook-key:addVersion'))).toEqual([
      { url: expect.anything(), body: { payload: { data: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) } } },
    ]);
    const patch = called.find(({ url }) => url.includes('eventarc-europe-west4-atlas-gate'));
    expect(patch?.body).toMatchObject({
      subscription: { ackDeadlineSeconds: 600, deadLetterPolicy: { maxDeliveryAttempts: 10 } },
    });
  });

  test.each<[string, Answers, RegExp]>([
    [
      'gcloud is not installed',
      { programs: { 'gcloud --version': { code: 127, stdout: '', stderr: '' } } },
      /gcloud is not installed/,
    ],
    [
      'terraform is not installed',
      { programs: { 'terraform version': { code: 127, stdout: '', stderr: '' } } },
      /terraform is not installed/,
    ],
    [
      'nobody is signed in',
      {
        programs: {
          'print-access-token': {
            code: 1,
            stdout: '',
            stderr: 'You do not currently have an active account selected.',
          },
        },
      },
      /gcloud auth login/,
    ],
    [
      'the project is not there',
      {
        calls: {
          'v3/projects/atlas-example': {
            status: 403,
            json: { error: { message: 'The caller does not have permission' } },
          },
        },
      },
      /project atlas-example does not exist/,
    ],
    [
      'the project is being deleted',
      {
        calls: {
          'v3/projects/atlas-example': { status: 200, json: { name: 'projects/1', state: 'DELETE_REQUESTED' } },
        },
      },
      /DELETE_REQUESTED/,
    ],
    ['billing is off', { calls: { billingInfo: { status: 200, json: {} } } }, /no billing account/],
    [
      'a permission is missing',
      {
        calls: {
          testIamPermissions: {
            status: 200,
            json: { permissions: allPermissions.filter((name) => name !== 'cloudkms.keyRings.create') },
          },
        },
      },
      /to make keys and secrets: cloudkms\.keyRings\.create$/m,
    ],
    [
      'the bucket is somebody else’s',
      { calls: { '/b/atlas-example-atlas-state': { status: 403, json: {} } } },
      /--bucket-prefix/,
    ],
    [
      'the clock is an hour off',
      {
        calls: {
          'v3/projects/atlas-example': {
            status: 200,
            json: { name: 'projects/1' },
            date: 'Tue, 24 Nov 2026 11:00:00 GMT',
          },
        },
      },
      /60 minutes off/,
    ],
    [
      'an API is off',
      {
        calls: {
          'v3/projects/atlas-example': {
            status: 400,
            json: {
              error: { message: 'Cloud Resource Manager API has not been used in project 1 before or it is disabled.' },
            },
          },
        },
      },
      /gcloud services enable/,
    ],
  ])('changes nothing when %s', async (_case, answers, says) => {
    const { code, ran, text } = await deployed(answers);
    expect(code).toBe(1);
    expect(text()).toMatch(says);
    expect(ran.filter((line) => /enable|create|apply/.test(line))).toEqual([]);
  });

  test('tells what stands in the way all at once', async () => {
    const { text } = await deployed({
      calls: { billingInfo: { status: 200, json: {} }, '/b/atlas-example-atlas-state': { status: 403, json: {} } },
    });
    expect(text()).toMatch(/billing[\s\S]*bucket/);
  });

  test('leaves a secret alone that has a value: what is sealed under it must open', async () => {
    const versions = [{ name: 'projects/1/secrets/atlas-webhook-key/versions/3' }];
    const { called } = await deployed({ calls: { '/versions?': { status: 200, json: { versions } } } });
    expect(called.some(({ url }) => url.includes('/versions?filter=state:ENABLED'))).toBe(true);
    expect(called.filter(({ url }) => url.includes(':addVersion'))).toEqual([]);
  });

  test.each<[string, Answers]>([
    ['listed', { calls: { '/versions?': { status: 403, json: {} } } }],
    ['filled', { calls: { ':addVersion': { status: 403, json: {} } } }],
  ])('sends no traffic to functions whose secrets cannot be %s', async (_case, answers) => {
    const { code, ran, text } = await deployed(answers);
    expect(code).toBe(1);
    expect(text()).toMatch(/atlas-webhook-key.*\(403\)/);
    expect(ran.some((line) => line.includes('--to-revisions'))).toBe(false);
  });

  test('explains a failure in the middle', async () => {
    const stderr = 'Error: Error creating Job: You do not have quota for using GPUs without zonal redundancy.';
    const { code, text, ran } = await deployed({
      programs: { 'apply -input=false deploy': { code: 1, stdout: '', stderr } },
    });
    expect(code).toBe(1);
    expect(text()).toMatch(/no quota for an L4/);
    expect(ran.some((line) => line.includes('--to-revisions'))).toBe(false);
  });

  test('a bucket of the state that is there already is no failure', async () => {
    const stderr = 'HTTPError 409: Your previous request to create the named bucket succeeded and you already own it.';
    expect((await deployed({ programs: { 'buckets create': { code: 1, stdout: '', stderr } } })).code).toBe(0);
  });

  test('sends no traffic to a revision that does not answer', async () => {
    const { code, ran } = await deployed({ programs: { 'workflows run': { code: 1, stdout: '', stderr: 'FAILED' } } });
    expect(code).toBe(1);
    expect(ran.some((line) => line.includes('--to-revisions'))).toBe(false);
  });

  test('does nothing unless the operator says yes', async () => {
    const { code, ran } = await deployed({ confirm: false }, { yes: false });
    expect(code).toBe(0);
    expect(ran.filter((line) => /enable|create|apply/.test(line))).toEqual([]);
  });

  test.each([
    ['a region without the L4', { region: 'europe-north1' }],
    ['a project number for an id', { project: '123456789012' }],
    ['an image by tag', { image: 'europe-west4-docker.pkg.dev/p/atlas/score:latest' }],
  ])('refuses %s', (_case, more) => {
    expect(() => options(more)).toThrow();
  });
});

describe('destroy', () => {
  test('wants to hear that data may go', async () => {
    const { world, ran, text } = worldWith();
    expect(await destroy(world, options())).toBe(1);
    expect([ran, text()]).toEqual([[], expect.stringMatching(/--delete-data/)]);
  });

  test('keeps the signing key and takes away the rest', async () => {
    const { world, ran } = worldWith();
    expect(await destroy(world, options({ deleteData: true }), write)).toBe(0);
    const at = ['state rm', 'terraform destroy'].map((part) => ran.findIndex((line) => line.includes(part)));
    expect(at[0]).toBeGreaterThan(-1);
    expect(at[1]).toBeGreaterThan(at[0] ?? 0);
  });

  test('a dry run starts nothing', async () => {
    const { world, ran } = worldWith();
    expect(await destroy(world, options({ dryRun: true }))).toBe(0);
    expect(ran).toEqual([]);
  });
});
