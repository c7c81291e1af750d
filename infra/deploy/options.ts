import { z } from 'zod';

/** Regions where Cloud Run offers the L4. Google’s documentation, read 2026-11. */
export const regionsWithL4 = ['asia-southeast1', 'europe-west1', 'europe-west4', 'us-central1', 'us-east4'] as const;

/** What the operator says on the command line. */
export const Options = z.object({
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'a project id has 6 to 30 lower-case letters, digits and hyphens'),
  projectNumber: z
    .string()
    .regex(/^\d{6,16}$/)
    .optional(),
  region: z.enum(regionsWithL4, { error: `Cloud Run offers the L4 only in ${regionsWithL4.join(', ')}` }),
  domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name, such as api.example.com'),
  bucketPrefix: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,40}$/)
    .optional(),
  billingAccount: z.string().optional(),
  alertEmail: z.array(z.email()).default([]),
  image: z
    .string()
    .regex(/@sha256:[0-9a-f]{64}$/, 'an image by digest')
    .optional(),
  deleteData: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
});
export type Options = z.infer<typeof Options>;

/** Names that follow from the options. */
export const namesOf = ({ project, region, bucketPrefix }: Options) => ({
  stateBucket: `${bucketPrefix ?? project}-atlas-state`,
  sourcesBucket: `${bucketPrefix ?? project}-atlas-sources`,
  images: `${region}-docker.pkg.dev/${project}/atlas`,
});

/** Folder that Terraform runs in: a copy of infra/terraform/example among what it refers to, written by `npm run bundle`. */
export const environmentFolder = 'dist/deploy/environment/infra/terraform/example';
