import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256Hex } from '../../shared/ids.ts';
import { assetWrite } from '../../shared/records/assets.ts';
import { jobPath } from '../../shared/records/jobs.ts';
import { provenanceOf, provenancePath } from '../../shared/records/provenance.ts';
import { type AssetDocument, limits, type ReceiptStage } from '../../shared/schema/index.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const announce = (json: Record<string, unknown>) => server.call('POST', '/v1/uploads', { json });
const jobId = 'job_0123456789abcdef';
const hash = (text: string): string => sha256Hex(text);

/** A file that a job made. */
async function madeAsset(name: string, kind: AssetDocument['kind'] = 'model'): Promise<AssetDocument> {
  const asset: AssetDocument = {
    id: `ast_${hash(name).slice(0, 26)}`,
    tenantId: server.tenantId,
    kind,
    objectKey: `made/${name}`,
    fileName: `${name} ü.json`,
    contentType: 'application/json',
    sizeBytes: name.length,
    sha256: hash(name),
    jobId,
    createdAt: '2026-11-23T10:00:00.000Z',
  };
  await server.deps.objects.put(asset.objectKey, Buffer.from(name), { contentType: asset.contentType });
  await server.deps.docs.batch([assetWrite(asset)]);
  return asset;
}

describe('an upload', () => {
  test('takes exactly the announced bytes, once', async () => {
    const { json, headers } = await announce({ fileName: 'lamp.glb', sizeBytes: 4 });
    expect(headers.get('location')).toBe(`/v1/assets/${json.assetId}`);
    expect(json.headers).toEqual({
      'content-type': 'model/gltf-binary',
      'x-goog-content-length-range': '4,4',
      'x-goog-if-generation-match': '0',
    });
    const put = (body: string) => fetch(json.url, { method: 'PUT', headers: json.headers, body });
    expect((await put('glT')).status).toBe(400);
    expect((await put('glTF2')).status).toBe(400);
    expect((await put('glTF')).status).toBe(200);
    expect((await put('glTG')).status).toBe(409);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['an empty file', { fileName: 'a.glb', sizeBytes: 0 }, '/sizeBytes'],
    ['a file over the limit', { fileName: 'a.glb', sizeBytes: limits.uploadBytes + 1 }, '/sizeBytes'],
    ['a path for a name', { fileName: '../a.glb', sizeBytes: 1 }, '/fileName'],
    ['a control character in the name', { fileName: 'a\u0000.glb', sizeBytes: 1 }, '/fileName'],
    ['a hash that is none', { fileName: 'a.glb', sizeBytes: 1, sha256: 'abc' }, '/sha256'],
  ])('is refused for %s', async (_case, json, pointer) => {
    expect(await announce(json)).toMatchObject({ status: 400, json: { code: 'invalid_request', pointer } });
  });

  test('keeps the declared hash, for the first stage to hold the bytes against', async () => {
    const sha256 = hash('glTF');
    const { json } = await announce({ fileName: 'lamp.glb', sizeBytes: 4, sha256 });
    await fetch(json.url, { method: 'PUT', headers: json.headers, body: 'glTF' });
    expect((await server.call('GET', `/v1/assets/${json.assetId}`)).json.sha256).toBe(sha256);
  });

  test('cannot be read before it has arrived', async () => {
    const { json } = await announce({ fileName: 'lamp.glb', sizeBytes: 4 });
    for (const path of [`/v1/assets/${json.assetId}`, `/v1/assets/${json.assetId}/content`]) {
      expect(await server.call('GET', path)).toMatchObject({ status: 409, json: { code: 'upload_incomplete' } });
    }
  });
});

describe('an asset', () => {
  test('comes with a signed URL that gives its bytes under its name', async () => {
    const asset = await madeAsset('model');
    const { json } = await server.call('GET', `/v1/assets/${asset.id}`);
    expect(json).not.toHaveProperty('objectKey');
    const file = await fetch(json.url);
    expect(await file.text()).toBe('model');
    expect(file.headers.get('content-disposition')).toContain("filename*=UTF-8''model%20%C3%BC.json");
    server.advance(16 * 60_000);
    expect((await fetch(json.url)).status).toBe(410);
    expect((await fetch((await server.call('GET', `/v1/assets/${asset.id}`)).json.url)).status).toBe(200);
  });

  test('can be followed to by a redirect', async () => {
    const asset = await madeAsset('redirected');
    const answer = await server.call('GET', `/v1/assets/${asset.id}/content`);
    expect(answer.status).toBe(302);
    expect(await (await fetch(answer.headers.get('location') ?? '')).text()).toBe('redirected');
  });
});

const stage = (name: ReceiptStage['stage'], inputs: string[], outputs: string[]): ReceiptStage => {
  const describe = (file: string) => ({ name: file, digest: { sha256: hash(file) } });
  return {
    stage: name,
    stageKey: hash(`${name}${inputs}`),
    engineVersion: '1',
    parameters: {},
    inputs: inputs.map(describe),
    outputs: outputs.map(describe),
    changes: [],
  };
};

describe('the provenance of a file', () => {
  test('goes back to its source and leaves its siblings out', async () => {
    const asset = await madeAsset('web.glb');
    const graph = provenanceOf({ tenantId: server.tenantId }, [
      stage('dispatch', ['source'], ['master']),
      stage('refine', ['master'], ['refined']),
      stage('convert', ['refined'], ['web.glb', 'lod1.glb']),
      stage('gate', ['web.glb', 'lod1.glb'], ['report']),
      stage('convert', ['master'], ['other.glb']),
    ]);
    await server.deps.docs.set(provenancePath(server.tenantId, jobId), { ...graph });
    const { json } = await server.call('GET', `/v1/assets/${asset.id}/provenance`);
    const labels = Object.values(json.entity as Record<string, Record<string, string>>).map((one) => one['prov:label']);
    expect(labels.sort()).toEqual(['master', 'refined', 'source', 'web.glb']);
    const types = Object.values(json.activity as Record<string, Record<string, string>>).map((one) => one['prov:type']);
    expect(types.sort()).toEqual(['atlas:convert', 'atlas:dispatch', 'atlas:refine']);
    for (const list of ['used', 'wasGeneratedBy', 'wasDerivedFrom']) {
      for (const link of Object.values(json[list] as Record<string, Record<string, string>>)) {
        for (const [role, id] of Object.entries(link)) {
          expect(json[/activity/.test(role) ? 'activity' : 'entity']).toHaveProperty([id]);
        }
      }
    }
    expect(Object.keys(json.wasDerivedFrom)).toHaveLength(3);
    expect(Object.keys(json.agent)).toContain(`atlas:tenant/${server.tenantId}`);
  });

  test('of an upload is the file itself', async () => {
    const { json } = await server.call('GET', `/v1/assets/${await server.upload()}/provenance`);
    expect(Object.values(json.entity)).toEqual([{ 'prov:label': 'model.glb' }]);
    expect(json.activity).toEqual({});
  });

  test('is not there before the job has ended', async () => {
    const asset = await madeAsset('early.glb');
    await server.deps.docs.delete(provenancePath(server.tenantId, jobId));
    expect((await server.call('GET', `/v1/assets/${asset.id}/provenance`)).status).toBe(404);
  });
});

describe('the receipt of a job', () => {
  test('comes byte for byte, when there is one', async () => {
    const source = { kind: 'asset', assetId: await server.upload() };
    const job = await server.call('POST', '/v1/jobs', { json: { source, targets: ['web'] } });
    const path = `/v1/receipts/${job.json.id}`;
    expect((await server.call('GET', path)).status).toBe(404);
    const text = `{ "payload": "e30=",\n "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid":"k","sig":"e30="}] }`;
    await server.deps.objects.put('made/receipt', Buffer.from(text), { contentType: 'application/json' });
    const receipt = { ...(await madeAsset('receipt.json', 'receipt')), objectKey: 'made/receipt' };
    await server.deps.docs.set(`tenants/${server.tenantId}/assets/${receipt.id}`, { ...receipt });
    await server.deps.docs.set(jobPath(server.tenantId, job.json.id), { receiptAssetId: receipt.id }, { merge: true });
    const answer = await server.call('GET', path);
    expect(answer.text).toBe(text);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  test('can be checked with a key that anybody may read', async () => {
    const { json } = await server.call('GET', '/v1/receipt-keys', { key: null });
    expect(json.keys).toEqual([{ algorithm: 'Ed25519', ...(await server.deps.signer.key()) }]);
  });
});
