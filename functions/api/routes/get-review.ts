import { AtlasError } from '../../../shared/errors.ts';
import { readJob } from '../../../shared/records/jobs.ts';
import { readStage } from '../../../shared/records/stages.ts';
import {
  ConvertResult,
  GateResult,
  type JobDocument,
  ReviewCase,
  type ReviewFile,
  SettleInput,
  type StoredObject,
} from '../../../shared/schema/index.ts';
import { jobParams } from '../api-schemas.ts';
import { signedUrlMs } from '../arrived-asset.ts';
import { type ApiDeps, defineRoute } from '../route.ts';

type Case = ReviewCase['targets'][number];

const contentTypes = {
  glb: 'model/gltf-binary',
  json: 'application/json',
  html: 'text/html; charset=utf-8',
  webp: 'image/webp',
} as const;

/** A file that is not an asset, with a signed URL to it. */
async function signedFile(
  deps: ApiDeps,
  { key, sha256, sizeBytes }: StoredObject,
  file: { name: string; kind: ReviewFile['kind']; ending: keyof typeof contentTypes; expiresAt: Date },
): Promise<ReviewFile> {
  const { name, kind, ending, expiresAt } = file;
  const { url } = await deps.objects.signedUrl(key, { method: 'GET', expiresAt, fileName: `${name}.${ending}` });
  return { name, kind, contentType: contentTypes[ending], sizeBytes, sha256, url };
}

/** What a person judges one target by. */
async function caseOf(deps: ApiDeps, job: JobDocument, target: string, expiresAt: Date): Promise<Case> {
  const made = SettleInput.parse(job.settleInput).targets[target];
  if (!made || !('gateKey' in made)) throw new AtlasError('internal', `The work for ${target} is not to be found.`);
  const [convert, gate] = await Promise.all([
    readStage(deps.docs, job.tenantId, made.convertKey),
    readStage(deps.docs, job.tenantId, made.gateKey),
  ]);
  const { files } = ConvertResult.parse(convert.result);
  const { report, page, pictures = [], reasons } = GateResult.parse(gate.result);
  return {
    target,
    reasons,
    files: await Promise.all([
      ...files.map((file, lod) =>
        signedFile(deps, file, { name: file.name, kind: lod === 0 ? 'model' : 'lod', ending: 'glb', expiresAt }),
      ),
      signedFile(deps, report, { name: 'report', kind: 'report', ending: 'json', expiresAt }),
      ...(page ? [signedFile(deps, page, { name: 'report-page', kind: 'report', ending: 'html', expiresAt })] : []),
      ...pictures.map((one) => signedFile(deps, one, { name: one.name, kind: 'picture', ending: 'webp', expiresAt })),
    ]),
  };
}

export const getReview = defineRoute({
  id: 'getReview',
  method: 'GET',
  path: '/v1/jobs/{jobId}/review',
  summary: 'Read what a job in review is to be judged by: its files as they would be delivered, reports and pictures.',
  scope: 'jobs:review',
  params: jobParams,
  successes: [
    {
      status: 200,
      description: 'The case. Once it is decided it has no targets: what was approved is among the job’s outputs.',
      schema: ReviewCase,
    },
  ],
  async handler({ deps, tenantId, params }) {
    const job = await readJob(deps.docs, tenantId, params.jobId);
    const { review } = job;
    if (!review) throw new AtlasError('not_found', `Job ${job.id} has no review.`);
    const expiresAt = new Date(deps.clock.now().getTime() + signedUrlMs);
    const open = review.decided || job.status !== 'needs_review' ? [] : review.targets;
    const targets = await Promise.all(open.map((target) => caseOf(deps, job, target, expiresAt)));
    return { status: 200, json: { jobId: job.id, review, targets, urlExpiresAt: expiresAt.toISOString() } };
  },
});
