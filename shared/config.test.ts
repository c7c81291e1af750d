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
  });
  expect(config.cloud).toEqual({
    publicUrl: 'https://api.example',
    functionsUrl: 'https://functions.example',
    bucket: 'bucket',
    receiptKey: 'key',
    workflow: 'atlas-produce-asset',
  });
});

test.each([
  ['gcp', 'ATLAS_BUCKET'],
  ['gcp', 'ATLAS_RECEIPT_KEY'],
  ['emulator', 'FIRESTORE_EMULATOR_HOST'],
  ['clouds', 'ATLAS_MODE'],
])('mode %s without what it needs is refused, naming %s', (mode, name) => {
  expect(() => readConfig({ ATLAS_MODE: mode })).toThrow(name);
});
