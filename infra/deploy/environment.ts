import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { environmentFolder, namesOf, type Options } from './options.ts';

const Sources = z.record(z.string(), z.string());
/** Stands where there is no image yet: it has the shape of one, and is replaced before anything runs it. */
const noImage = 'none/none@sha256:0000000000000000000000000000000000000000000000000000000000000000';

/** Variables of infra/terraform/example for these options. */
export function variablesOf(options: Options, projectNumber: string, sources: Record<string, string>, image?: string) {
  return {
    project_id: options.project,
    project_number: projectNumber,
    region: options.region,
    api_domain: options.domain,
    function_sources: sources,
    score_image: image ?? options.image ?? noImage,
    alert_emails: options.alertEmail,
    state_bucket: namesOf(options).stateBucket,
    ...(options.bucketPrefix ? { bucket_prefix: options.bucketPrefix } : {}),
    ...(options.billingAccount ? { billing_account: options.billingAccount } : {}),
  };
}

/** Writes variables and the place of the state beside the configuration that `npm run bundle` has copied. */
export function writeEnvironment(options: Options, projectNumber: string, image?: string): void {
  const sources = Sources.parse(JSON.parse(readFileSync('dist/deploy/sources.json', 'utf8')));
  const variables = variablesOf(options, projectNumber, sources, image);
  writeFileSync(join(environmentFolder, 'terraform.tfvars.json'), `${JSON.stringify(variables, null, 2)}\n`);
  const { stateBucket } = namesOf(options);
  writeFileSync(
    join(environmentFolder, 'backend.tf'),
    `terraform {\n  backend "gcs" {\n    bucket = "${stateBucket}"\n    prefix = "atlas"\n  }\n}\n`,
  );
}
