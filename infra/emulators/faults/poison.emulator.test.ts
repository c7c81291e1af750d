import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Config, readConfig } from '../../../shared/config.ts';
import { readJob } from '../../../shared/records/jobs.ts';
import { Job } from '../../../shared/schema/index.ts';
import { emulatorEnvironment } from '../../../shared/testing/emulators.ts';
import { tempFolder } from '../../../shared/testing/temp-folder.ts';
import {
  type DeadLetterView,
  dropDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  showDeadLetter,
} from '../../local/dead-letters.ts';
import { createKey, listKeys } from '../../local/keys.ts';
import { changeLimits, listAllTenants, removeTenant, showTenant } from '../../local/tenants.ts';
import { expectExact, type FaultPlace, faultPlace, until } from './fault-place.ts';

const home = tempFolder();
let place: FaultPlace;
/** An operator’s machine: another folder, the same project. */
let operator: Config;
let environment: Record<string, string>;
/** While it is true, the convert function breaks before it does anything. */
let broken = true;
let poisoned: string;
let breaking: string;
let tenantId: string;
const attributes = { origin: 'test' };
/** What came to the gate, once mended, that is no command. */
const replayed: { data: string; attributes: Record<string, string> }[] = [];

const letterAbout = async (what: string): Promise<DeadLetterView> => {
  const found = (await listDeadLetters(operator)).find(
    ({ topic, payload }) => what === topic || Object.values(payload).includes(what),
  );
  if (!found) throw new Error(`no dead letter is about ${what}`);
  return found;
};
const post = async (labels: Record<string, string>): Promise<string> =>
  (await place.api.post('/v1/jobs', { ...(place.request as object), labels }, Job)).id;

beforeAll(async () => {
  place = await faultPlace({
    async during(name, { request }) {
      if (name === 'refine' && request.labels?.breaks) throw new TypeError('nobody foresaw this');
    },
    between: (name, handle) => (event) => {
      if (name === 'convert' && broken) throw new TypeError('a release of ours that is wrong');
      if (name === 'gate' && !broken) {
        const { message } = event.data as { message: (typeof replayed)[number] };
        if (!Buffer.from(message.data, 'base64').toString('utf8').startsWith('{')) {
          replayed.push({ data: message.data, attributes: message.attributes });
          return Promise.resolve();
        }
      }
      return handle(event);
    },
  });
  environment = emulatorEnvironment(home, { GOOGLE_CLOUD_PROJECT: place.config.project });
  operator = readConfig(environment);
  ({ tenantId } = await createKey(operator, { name: 'other' }));
  const { bus } = place.server.deps;
  await bus.publish('atlas-gate', { data: 'this is not JSON and says hush', attributes });
  await bus.publish('atlas-refine', { data: JSON.stringify({ password: 'hush' }) });
  await bus.publish('atlas-dispatch', { data: JSON.stringify({ deliveryId: tenantId }) });
  poisoned = await post({});
  breaking = await post({ breaks: 'yes' });
  await until('ten deliveries of each are over', () => bus.deadLetters().length === 4);
  await place.ended([breaking]);
}, 120_000);
afterAll(() => place.close());

test('a stage that breaks whenever it is tried is given up: its job fails and nothing is charged for it', async () => {
  const job = await readJob(place.server.deps.docs, place.tenantId, breaking);
  expect([job.status, job.error?.code, job.chargedMicroUsd]).toEqual(['failed', 'work_crashed', 500]);
});

describe('what was delivered ten times in vain', () => {
  test('is listed for the operator, as often as he looks, without its content', async () => {
    const first = await listDeadLetters(operator);
    expect(first.map(({ topic }) => topic).sort()).toEqual([
      'atlas-convert',
      'atlas-dispatch',
      'atlas-gate',
      'atlas-refine',
    ]);
    expect(first.every(({ attempts }) => attempts >= 10)).toBe(true);
    expect(await listDeadLetters(operator)).toEqual(first);
    const letter = await letterAbout(poisoned);
    expect(await showDeadLetter(operator, letter.id)).toEqual(letter);
    expect(letter.payload).toMatchObject({ tenantId: place.tenantId, stage: 'convert', target: 'web' });
    expect(JSON.stringify(first)).not.toContain('hush');
  });

  test('is listed by the command line', async () => {
    const args = ['--no-warnings', 'dist/atlas.mjs', 'dead-letters', 'list', '--json'];
    const env = { PATH: process.env.PATH, METADATA_SERVER_DETECTION: 'none', ...environment };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(JSON.parse(stdout)).toEqual(await listDeadLetters(operator));
  });

  test('comes again when it is replayed: once mended, the job is delivered and charged once', async () => {
    const { id } = await letterAbout(poisoned);
    broken = false;
    await replayDeadLetter(operator, id);
    await place.ended([poisoned]);
    await expectExact(place, { delivered: [poisoned], failed: [breaking] });
    await expect(replayDeadLetter(operator, id)).rejects.toMatchObject({ code: 'not_found' });
    const acts = await place.server.deps.docs.query(`tenants/${place.tenantId}/audit`);
    expect(acts.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ action: 'dead_letter.replayed', subject: id, actor: { kind: 'operator' } }),
    );
  });

  test('is replayed as it was, data and attributes, and what is dropped is gone', async () => {
    const { id } = await letterAbout('atlas-gate');
    await replayDeadLetter(operator, id);
    await until('it is delivered again', () => replayed.length > 0);
    const data = Buffer.from('this is not JSON and says hush').toString('base64');
    expect(replayed).toEqual([{ data, attributes }]);
    await dropDeadLetter(operator, (await letterAbout('atlas-refine')).id);
    expect((await listDeadLetters(operator)).map(({ payload }) => payload)).toMatchObject([{ deliveryId: tenantId }]);
  });

  test.each([showDeadLetter, replayDeadLetter, dropDeadLetter])(
    '%p of a letter that is not there says so',
    async (act) => {
      for (const id of ['atlas-gate/none', 'nowhere/1', 'm_1']) {
        await expect(act(operator, id)).rejects.toMatchObject({ code: 'not_found' });
      }
    },
  );
});

test('an operator sees, limits and deletes tenants, and their dead letters with them', async () => {
  expect((await listAllTenants(operator)).map(({ id }) => id).sort()).toEqual([tenantId, place.tenantId].sort());
  expect((await listKeys(operator)).map((key) => key.tenantId)).toContain(tenantId);
  await changeLimits(operator, tenantId, { concurrentJobs: 3 });
  expect((await showTenant(operator, tenantId)).report.concurrentJobs).toEqual({ limit: 3, used: 0 });
  expect(await removeTenant(operator, tenantId)).toMatchObject({ state: 'done', messages: 1 });
  expect(await listDeadLetters(operator)).toEqual([]);
  expect((await listAllTenants(operator)).map(({ id }) => id)).toEqual([place.tenantId]);
  await expect(showTenant(operator, tenantId)).rejects.toMatchObject({ code: 'not_found' });
});
