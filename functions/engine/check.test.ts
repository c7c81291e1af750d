import { expect, test } from '@jest/globals';
import { web } from '../../shared/profiles/web.ts';
import { GateReport } from '../../shared/schema/index.ts';
import { splatBall, writeSpz } from '../../shared/testing/splat-ball.ts';
import { check } from './check.ts';

const text = (source: string): Uint8Array => new TextEncoder().encode(source);
const obj = text('v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n');

function glbOf(json: object): Uint8Array {
  const body = text(JSON.stringify(json).padEnd(Math.ceil(JSON.stringify(json).length / 4) * 4));
  const bytes = new Uint8Array(20 + body.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of [0x46546c67, 2, bytes.length, body.length, 0x4e4f534a].entries())
    view.setUint32(i * 4, word, true);
  bytes.set(body, 20);
  return bytes;
}

test('a mesh of another kind gets the whole report, rejected for its kind alone', async () => {
  const { report, pictures } = await check({ bytes: obj, filename: 'a.obj', profile: web });
  expect(GateReport.parse(report)).toMatchObject({
    verdict: 'rejected',
    files: [{ stats: { triangles: 4, sizeBytes: obj.length } }],
  });
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ code, remedy }) => [code, remedy])).toEqual([
    ['kind_not_taken', 'Make a delivery of it: atlas produce <file> --target web.'],
  ]);
  expect(pictures.length).toBeGreaterThan(12);
});

test('splats get a report of their own with twelve views', async () => {
  const { report, pictures } = await check({ bytes: writeSpz(splatBall(300)), profile: web });
  const { verdict, findings, files } = GateReport.parse(report);
  expect(verdict).toBe('rejected');
  expect(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['splats_not_taken']);
  expect(findings.map(({ code }) => code)).toContain('splats_few');
  expect(files[0]).toMatchObject({ splats: { format: 'spz', splats: 300, broken: 0 }, stats: { triangles: 0 } });
  expect(files[0]!.validator).toBeUndefined();
  expect(pictures.filter(({ meta }) => meta.role === 'view')).toHaveLength(12);
});

test('a GLB without surfaces is rejected with a reason, not refused', async () => {
  const { report } = await check({ bytes: glbOf({ asset: { version: '2.0' }, scenes: [{}], scene: 0 }), profile: web });
  expect(report.verdict).toBe('rejected');
  expect(report.findings.map(({ code }) => code)).toContain('no_triangles');
});

test.each([
  ['nothing', new Uint8Array(0), 'file_empty'],
  ['a picture', text('\x89PNG\r\n\x1a\n'), 'format_unknown'],
  ['a cut GLB', glbOf({ asset: { version: '2.0' } }).slice(0, 30), 'file_truncated'],
])('%s is refused', async (_, bytes, code) => {
  await expect(check({ bytes, profile: web })).rejects.toMatchObject({ code });
});
