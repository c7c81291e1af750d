import { createHash } from 'node:crypto';
import type { Finding, GateReport, ReportPicture } from '../schema/index.ts';
import { smallPng } from './small-png.ts';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const stats: GateReport['files'][number]['stats'] = {
  sizeBytes: 2_400_000,
  triangles: 260_000,
  trianglesPerMesh: 260_000,
  vertices: 140_000,
  meshes: 1,
  nodes: 1,
  drawCalls: 1,
  materials: 1,
  textures: 3,
  textureSizePx: 2048,
  textureMemoryBytes: 67_108_860,
  uvSets: 1,
  jointsPerSkin: 0,
  animations: 0,
  openEdges: 12,
  nonManifoldEdges: 0,
  components: 1,
  boundsMin: [-0.5, 0, -0.5],
  boundsMax: [0.5, 1, 0.5],
  attributes: ['NORMAL', 'POSITION', 'TEXCOORD_0'],
  extensions: ['EXT_meshopt_compression', 'KHR_mesh_quantization'],
  imageTypes: ['image/webp'],
};

const findings: Finding[] = [
  {
    code: 'limit_triangles',
    severity: 'error',
    file: 'model',
    measured: 260_000,
    limit: 250_000,
    message: '260000 triangles; Web allows 250000.',
    remedy: 'Lower convert.triangles.',
    source: 'a publishing guide',
  },
  {
    code: 'limit_size_bytes',
    severity: 'warning',
    file: 'model',
    pointer: '/buffers/0',
    measured: 3_200_000,
    limit: 3_000_000,
    message: '3200000 bytes; Web recommends at most 3000000.',
    remedy: 'Lower convert.textureQuality.',
  },
  { code: 'UNUSED_OBJECT', severity: 'info', file: 'lod1', pointer: '/nodes/3', message: 'This object may be unused.' },
];

/** A picture of one colour, with its bytes. */
export function plainPicture(
  name: string,
  role: ReportPicture['role'],
  changes: Partial<ReportPicture> = {},
): readonly [ReportPicture, Uint8Array] {
  const bytes = smallPng({ sizePx: 8 });
  const picture: ReportPicture = {
    ...{ name, role, caption: `caption of ${name}`, contentType: 'image/png', widthPx: 8, heightPx: 8 },
    ...{ sha256: sha256(bytes), sizeBytes: bytes.byteLength, driver: 'cpu' },
    ...changes,
  };
  return [picture, bytes];
}

/** A gate report with everything that one can hold, and the bytes of its pictures. */
export function judgedReport(changes: Partial<GateReport> = {}): {
  report: GateReport;
  pictures: Map<string, Uint8Array>;
} {
  const views = ['view-00', 'view-01', 'view-02'];
  const drawn = [
    ...views.flatMap((name) => [plainPicture(name, 'view'), plainPicture(`${name}-source`, 'source')]),
    plainPicture('view-01-flip', 'difference'),
    plainPicture('wireframe', 'wireframe'),
    plainPicture('uv-0', 'uv'),
    plainPicture('mark-limit_triangles', 'defect', { codes: ['limit_triangles'] }),
    plainPicture('thumbnail', 'thumbnail'),
    plainPicture('turntable', 'turntable'),
  ];
  const validator = { version: '2.0.0-dev.3.10', errors: 0, warnings: 0, infos: 1, hints: 0 };
  const settings = {
    triangles: 300_000,
    textureSizePx: 2048,
    textureQuality: 82,
    geometryCompression: 'meshopt',
  } as const;
  const report: GateReport = {
    profile: 'web',
    profileVersion: '2026-11-23',
    verdict: 'rejected',
    findings,
    files: [
      { name: 'model', sha256: sha256('model'), stats, validator },
      {
        name: 'lod1',
        sha256: sha256('lod1'),
        stats: { ...stats, triangles: 130_000, sizeBytes: 1_300_000 },
        validator,
      },
    ],
    fidelity: {
      ...{ sourceSha256: sha256('source'), views: 12, sizePx: 512, psnrDb: 34.21, ssim: 0.9734, flip: 0.0412 },
      ...{ silhouetteIou: 0.9912, worstView: 'view-01', distanceMaxShare: 0.0061, distanceRmsShare: 0.0004 },
      normalDeviationDeg: 2.4,
    },
    pictures: drawn.map(([picture]) => picture),
    rounds: [
      {
        ...{ round: 0, settings, verdict: 'rejected', codes: ['limit_triangles'] },
        ...{ sizeBytes: 3_200_000, triangles: 300_000, flip: 0.0212 },
      },
      {
        ...{ round: 1, settings: { ...settings, triangles: 260_000 }, verdict: 'rejected', codes: ['limit_triangles'] },
        ...{ sizeBytes: 2_400_000, triangles: 260_000, flip: 0.0412 },
      },
    ],
    ...changes,
  };
  return { report, pictures: new Map(drawn.map(([{ name }, bytes]) => [name, bytes])) };
}
