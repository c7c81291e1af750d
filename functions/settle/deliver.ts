import { derivedId } from '../../shared/ids.ts';
import type {
  AssetDocument,
  JobDocument,
  JobOutput,
  SourceFacts,
  StoredObject,
  TargetResult,
} from '../../shared/schema/index.ts';
import { delivered } from './charge.ts';
import type { Collected, FinishedTarget } from './collect.ts';

/** The customer’s files and the asset records behind them. */
export interface Delivery {
  readonly outputs: JobOutput[];
  readonly assets: AssetDocument[];
  readonly results: TargetResult[];
}

/** A short, safe base for file names: the source’s name without its ending. */
function baseName(fileName: string | undefined): string {
  const stem = (fileName ?? 'asset').replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_-]+/g, '-');
  return stem.replace(/^-+|-+$/g, '').slice(0, 60) || 'asset';
}

function targetFiles(
  job: JobDocument,
  base: string,
  target: FinishedTarget,
): { output: JobOutput; objectKey: string }[] {
  const id = (name: string) => derivedId('ast', job.tenantId, job.id, target.target, name);
  const models = target.files.map((file, lod) => ({
    objectKey: file.key,
    output: {
      assetId: id(file.name),
      target: target.target,
      role: lod === 0 ? ('model' as const) : ('lod' as const),
      format: 'glb',
      fileName: `${base}.${target.target}${lod === 0 ? '' : `.lod${lod}`}.glb`,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      triangles: file.triangles,
      lod,
    },
  }));
  const { report, page } = target.decision;
  const reportFile = (name: string, format: string, { key, sizeBytes, sha256 }: StoredObject) => ({
    objectKey: key,
    output: {
      assetId: id(name),
      target: target.target,
      role: 'report' as const,
      format,
      fileName: `${base}.${target.target}.report.${format}`,
      sizeBytes,
      sha256,
    },
  });
  const reports = [reportFile('report', 'json', report), ...(page ? [reportFile('report-page', 'html', page)] : [])];
  return delivered(target) ? [...models, ...reports] : reports;
}

const contentTypes: Record<string, string> = {
  glb: 'model/gltf-binary',
  json: 'application/json',
  html: 'text/html; charset=utf-8',
};

/** What leaves the house: every file of the targets that passed, and each gate’s report, as JSON and as a page. */
export function deliver(job: JobDocument, collected: Collected, fileName: string | undefined): Delivery {
  const base = baseName(fileName);
  const finished = collected.targets.filter((target) => target.kind === 'finished');
  const files = finished.flatMap((target) => targetFiles(job, base, target));
  return {
    outputs: files.map(({ output }) => output),
    assets: files.map(({ output, objectKey }) => ({
      id: output.assetId,
      tenantId: job.tenantId,
      kind: output.role,
      objectKey,
      fileName: output.fileName,
      contentType: contentTypes[output.format] ?? 'application/octet-stream',
      sizeBytes: output.sizeBytes,
      sha256: output.sha256,
      jobId: job.id,
      target: output.target,
      createdAt: job.createdAt,
    })),
    results: collected.targets.map((target): TargetResult => {
      if (target.kind === 'failed') {
        const { code, message } = target.error;
        return { target: target.target, verdict: 'rejected', reasons: [`${code}: ${message}`] };
      }
      return {
        target: target.target,
        verdict: target.decision.verdict,
        reportAssetId: derivedId('ast', job.tenantId, job.id, target.target, 'report'),
        reasons: target.decision.reasons,
        ...(target.rounds ? { rounds: [...target.rounds] } : {}),
      };
    }),
  };
}

/** The source as the job shows it. */
export function sourceFacts(
  job: JobDocument,
  collected: Collected,
  fileName: string | undefined,
): SourceFacts | undefined {
  const { source } = collected;
  if (!source) return undefined;
  return {
    assetId: job.request.source.assetId,
    sha256: source.source.sha256,
    format: source.format,
    sizeBytes: source.source.sizeBytes,
    ...(fileName === undefined ? {} : { fileName }),
    stats: source.stats,
    changes: source.changes,
  };
}
