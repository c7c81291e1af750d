import { expect, test } from '@jest/globals';
import { readConfig } from './config.ts';

test('without a word the mode is local', () => {
  expect(readConfig({})).toMatchObject({ mode: 'local', emulator: undefined, cloud: undefined });
});

test('the cloud mode takes the names that Terraform gives', () => {
  const config = readConfig({
    ATLAS_MODE: 'gcp',
    ATLAS_PUBLIC_URL: 'https://api.example',
    ATLAS_FUNCTIONS_URL: 'https://functions.example',
    ATLAS_BUCKET: 'bucket',
    ATLAS_RECEIPT_KEY: 'key',
    ATLAS_WORKFLOW: 'atlas-produce-asset',
    ATLAS_CALLERS: 'a@p.iam.gserviceaccount.com,b@p.iam.gserviceaccount.com',
    K_SERVICE: 'atlas-claim',
  });
  expect(config.cloud).toEqual({
    publicUrl: 'https://api.example',
    functionsUrl: 'https://functions.example',
    bucket: 'bucket',
    receiptKey: 'key',
    workflow: 'atlas-produce-asset',
    callers: ['a@p.iam.gserviceaccount.com', 'b@p.iam.gserviceaccount.com'],
    service: 'atlas-claim',
  });
});

test('the emulator mode keeps its objects in a bucket of the project, or in the one that is named', () => {
  const environment = {
    ATLAS_MODE: 'emulator',
    GOOGLE_CLOUD_PROJECT: 'some-project',
    FIRESTORE_EMULATOR_HOST: '127.0.0.1:1',
    PUBSUB_EMULATOR_HOST: '127.0.0.1:2',
    STORAGE_EMULATOR_HOST: 'http://127.0.0.1:3',
  };
  expect(readConfig(environment).emulator).toEqual({
    firestoreHost: '127.0.0.1:1',
    pubsubHost: '127.0.0.1:2',
    storageUrl: 'http://127.0.0.1:3',
    bucket: 'some-project-objects',
    deliveries: 1,
  });
  expect(readConfig({ ...environment, ATLAS_BUCKET: 'named' }).emulator?.bucket).toBe('named');
});

test.each([
  ['gcp', 'ATLAS_BUCKET'],
  ['gcp', 'ATLAS_RECEIPT_KEY'],
  ['emulator', 'FIRESTORE_EMULATOR_HOST'],
  ['emulator', 'STORAGE_EMULATOR_HOST'],
  ['clouds', 'ATLAS_MODE'],
])('mode %s without what it needs is refused, naming %s', (mode, name) => {
  expect(() => readConfig({ ATLAS_MODE: mode })).toThrow(name);
});
