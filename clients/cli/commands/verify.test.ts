import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { fileSigner } from '../../../shared/adapters/local/file-signer.ts';
import { sha256Hex } from '../../../shared/ids.ts';
import { signReceipt } from '../../../shared/receipt/dsse.ts';
import { type Receipt, receiptPredicateType } from '../../../shared/schema/index.ts';
import { tempFolder } from '../../../shared/testing/temp-folder.ts';
import { verifyReceipt } from './verify.ts';

const root = tempFolder();
const signer = fileSigner(join(root, 'ours.pem'));
const stranger = fileSigner(join(root, 'theirs.pem'));
const key = [join(root, 'ours.public.pem')];
writeFileSync(key[0] ?? '', signer.publicKeyPem);

const delivered = { 'lamp.web.glb': 'the model', 'lamp.web.lod1.glb': 'a smaller one', 'lamp.web.report.json': '{}' };

/** A receipt over files with these bytes. */
const receiptOf = (files: Record<string, string>, jobId = 'job_0123456789abcdef'): Receipt => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: Object.entries(files).map(([name, text]) => ({ name, digest: { sha256: sha256Hex(text) } })),
  predicateType: receiptPredicateType,
  predicate: {
    jobId,
    tenantId: 'ten_0123456789abcdef',
    acceptedAt: '2026-11-23T10:00:00.000Z',
    status: 'delivered',
    stages: [],
    verdicts: [],
    usage: [],
    totalMicroUsd: 65_500,
  },
});

let folder: string;
let path: string;
const file = (name: string): string => join(folder, name);
const states = () => Object.fromEntries(verifyReceipt(path, { key }).files.map(({ name, state }) => [name, state]));

beforeEach(async () => {
  folder = mkdtempSync(join(root, 'out-'));
  path = file('lamp.receipt.json');
  for (const [name, text] of Object.entries(delivered)) writeFileSync(file(name), text);
  writeFileSync(path, JSON.stringify(await signReceipt(receiptOf(delivered), signer), null, 2));
});

describe('a delivery as it came', () => {
  test('holds, file by file', () => {
    expect(verifyReceipt(path, { key })).toEqual({
      valid: true,
      jobId: 'job_0123456789abcdef',
      status: 'delivered',
      totalMicroUsd: 65_500,
      files: Object.keys(delivered).map((name) => ({ name, state: 'ok' })),
    });
  });

  test('holds by the signer’s own key file too, as on the machine that made it', () => {
    expect(verifyReceipt(path, { key: [join(root, 'ours.pem')] }).valid).toBe(true);
  });

  test('holds from another folder, and without its files when only the signature is asked for', () => {
    const elsewhere = join(root, 'elsewhere.json');
    writeFileSync(elsewhere, readFileSync(path));
    expect(verifyReceipt(elsewhere, { key, dir: folder }).valid).toBe(true);
    expect(verifyReceipt(elsewhere, { key, signatureOnly: true })).toMatchObject({ valid: true, files: [] });
    expect(verifyReceipt(elsewhere, { key }).valid).toBe(false);
  });

  test('holds when a file was renamed', () => {
    renameSync(file('lamp.web.glb'), file('hero-lamp.glb'));
    expect(verifyReceipt(path, { key, strict: true }).valid).toBe(true);
  });
});

describe('a delivery does not hold', () => {
  test.each<[string, () => void, Record<string, string>]>([
    ['a file was changed', () => writeFileSync(file('lamp.web.glb'), 'the modeI'), { 'lamp.web.glb': 'changed' }],
    ['a file was emptied', () => writeFileSync(file('lamp.web.glb'), ''), { 'lamp.web.glb': 'changed' }],
    ['a file grew', () => writeFileSync(file('lamp.web.glb'), 'the model\n'), { 'lamp.web.glb': 'changed' }],
    ['a file is missing', () => rmSync(file('lamp.web.report.json')), { 'lamp.web.report.json': 'missing' }],
    [
      'a folder stands in place of a file',
      () => {
        rmSync(file('lamp.web.glb'));
        mkdirSync(file('lamp.web.glb'));
      },
      { 'lamp.web.glb': 'missing' },
    ],
    [
      'two files changed places',
      () => {
        renameSync(file('lamp.web.glb'), file('x'));
        renameSync(file('lamp.web.lod1.glb'), file('lamp.web.glb'));
        renameSync(file('x'), file('lamp.web.lod1.glb'));
      },
      { 'lamp.web.glb': 'changed', 'lamp.web.lod1.glb': 'changed' },
    ],
  ])('when %s', (_case, tamper, told) => {
    tamper();
    expect(verifyReceipt(path, { key }).valid).toBe(false);
    expect(states()).toMatchObject(told);
  });

  test('when it lies under the receipt of another job', async () => {
    const other = receiptOf({ 'lamp.web.glb': 'another model' }, 'job_fedcba9876543210');
    writeFileSync(path, JSON.stringify(await signReceipt(other, signer)));
    expect(verifyReceipt(path, { key }).valid).toBe(false);
    expect(states()).toMatchObject({ 'lamp.web.glb': 'changed' });
  });

  test('when a file was added and all must be told of', () => {
    writeFileSync(file('lamp.web.lod2.glb'), 'from elsewhere');
    expect(verifyReceipt(path, { key, strict: true }).valid).toBe(false);
    expect(verifyReceipt(path, { key }).valid).toBe(true);
    expect(states()).toMatchObject({ 'lamp.web.lod2.glb': 'extra', 'lamp.web.glb': 'ok' });
  });
});

describe('a receipt does not hold', () => {
  const envelope = () => JSON.parse(readFileSync(path, 'utf8'));
  const rewrite = (change: (payload: string) => string) => {
    const { payload, ...rest } = envelope();
    const text = change(Buffer.from(payload, 'base64').toString());
    writeFileSync(path, JSON.stringify({ payload: Buffer.from(text).toString('base64'), ...rest }));
  };

  test.each<[string, () => unknown]>([
    ['its price was changed', () => rewrite((text) => text.replace('65500', '1'))],
    [
      'a changed file’s hash was written into it',
      () => rewrite((text) => text.replace(sha256Hex('the model'), sha256Hex('evil'))),
    ],
    ['a file was taken out of it', () => rewrite((text) => text.replace(/\{"name":"lamp\.web\.glb".*?\}\},/, ''))],
    [
      'its signature is that of another receipt',
      async () => {
        const { signatures } = await signReceipt(receiptOf({}), signer);
        writeFileSync(path, JSON.stringify({ ...envelope(), signatures }));
      },
    ],
    [
      'a stranger signed it',
      async () => writeFileSync(path, JSON.stringify(await signReceipt(receiptOf(delivered), stranger))),
    ],
    ['it was cut', () => writeFileSync(path, readFileSync(path).subarray(0, 100))],
    ['it is empty', () => writeFileSync(path, '')],
    ['it is other JSON', () => writeFileSync(path, '{"valid":true}')],
  ])('when %s', async (_case, tamper) => {
    await tamper();
    expect(() => verifyReceipt(path, { key })).toThrow(expect.objectContaining({ code: 'receipt_invalid' }));
  });

  test('by a key that did not sign it', () => {
    expect(() => verifyReceipt(path, { key: [join(root, 'theirs.pem')] })).toThrow(/No signature of a trusted key/);
  });

  test('when the key cannot be read: then nothing is trusted instead', () => {
    expect(() => verifyReceipt(path, { key: [join(root, 'none.pem')] })).toThrow(/none\.pem cannot be read/);
  });
});
