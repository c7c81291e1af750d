import { environmentFolder, namesOf, type Options } from './options.ts';

/** A program to run: what for, and the command as it would be typed. */
export interface Step {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Going on is right although this one fails: what it makes is there already. */
  readonly mayFail?: RegExp;
}

/** APIs that are needed before Terraform can turn on the others. */
const firstApis = ['serviceusage', 'cloudresourcemanager', 'iam', 'storage', 'cloudbilling'].map(
  (name) => `${name}.googleapis.com`,
);

const gcloud = (options: Options, title: string, ...args: string[]): Step => ({
  title,
  command: 'gcloud',
  args: [...args, '--project', options.project],
});
const terraform = (title: string, ...args: string[]): Step => ({
  title,
  command: 'terraform',
  args,
  cwd: environmentFolder,
});

const stateSteps = (options: Options): Step[] => [
  gcloud(options, 'Turn on the first APIs', 'services', 'enable', ...firstApis),
  {
    ...gcloud(
      options,
      'Make the bucket of Terraform’s state',
      'storage',
      'buckets',
      'create',
      `gs://${namesOf(options).stateBucket}`,
      '--location',
      options.region,
      '--uniform-bucket-level-access',
      '--public-access-prevention',
    ),
    mayFail: /you already own it/i,
  },
  gcloud(
    options,
    'Keep its versions',
    'storage',
    'buckets',
    'update',
    `gs://${namesOf(options).stateBucket}`,
    '--versioning',
  ),
];

/** What has to be there before images and zips can be uploaded. */
const foundation = [
  'module.atlas.module.services',
  'module.atlas.module.storage',
  'module.atlas.google_artifact_registry_repository.images',
];

/** Writes what Terraform works with into dist/deploy. */
export const bundleStep: Step = { title: 'Bundle the functions', command: 'npm', args: ['run', '--silent', 'bundle'] };

/** Until the settings of the environment are written. */
export const firstSteps = (options: Options): Step[] => [bundleStep, ...stateSteps(options)];

/** From the settings to the places where zips and the image go. */
export const foundationSteps = (options: Options): Step[] => [
  terraform('Fetch the provider', 'init', '-input=false'),
  terraform(
    'Make buckets and image repository',
    'apply',
    '-input=false',
    '-auto-approve',
    ...foundation.map((target) => `-target=${target}`),
  ),
  gcloud(
    options,
    'Upload the functions',
    'storage',
    'cp',
    '--no-clobber',
    '--recursive',
    'dist/deploy/zips/*',
    `gs://${namesOf(options).sourcesBucket}/functions/`,
  ),
];

/** Builds the scoring job’s image there, by Cloud Build: no Docker is needed here. */
export const imageStep = (options: Options): Step =>
  gcloud(
    options,
    'Build the scoring job',
    'builds',
    'submit',
    'dist/deploy/score-job',
    '--region',
    options.region,
    '--timeout',
    '2400s', // The base of CUDA is gigabytes, and ten minutes are the default.
    '--tag',
    `${namesOf(options).images}/score:first`,
  );

/** Names the image that was built by its digest. */
export const digestStep = (options: Options): Step =>
  gcloud(
    options,
    'Ask for its digest',
    'artifacts',
    'docker',
    'images',
    'describe',
    `${namesOf(options).images}/score:first`,
    '--format',
    'value(image_summary.fully_qualified_digest)',
  );

export const planStep: Step = terraform('Plan', 'plan', '-input=false', '-out=deploy.tfplan');
export const applyStep: Step = terraform('Apply', 'apply', '-input=false', 'deploy.tfplan');
export const outputStep: Step = terraform('Read the outputs', 'output', '-json');

/** Names the API’s newest revision. */
export const revisionStep = (options: Options): Step =>
  gcloud(
    options,
    'Ask for the newest revision',
    'run',
    'services',
    'describe',
    'atlas-api',
    '--region',
    options.region,
    '--format',
    'value(status.latestReadyRevisionName)',
  );

/** The new revision of the API gets traffic after it has answered. */
export function trafficSteps(options: Options, projectNumber: string, revision: string): Step[] {
  const traffic = (title: string, ...args: string[]): Step =>
    gcloud(options, title, 'run', 'services', 'update-traffic', 'atlas-api', '--region', options.region, ...args);
  const url = `https://candidate---atlas-api-${projectNumber}.${options.region}.run.app`;
  return [
    traffic('Tag it', '--update-tags', `candidate=${revision}`),
    gcloud(
      options,
      'Ask it',
      'workflows',
      'run',
      'atlas-smoke',
      '--location',
      options.region,
      '--data',
      JSON.stringify({ url }),
    ),
    traffic('Send it all traffic', '--to-revisions', `${revision}=100`),
  ];
}

/** Asks for the number of the project, without which nothing can be destroyed either. */
export const numberStep = (options: Options): Step => ({
  title: 'Ask for the number of the project',
  command: 'gcloud',
  args: ['projects', 'describe', options.project, '--format', 'value(projectNumber)'],
});

/** What takes everything away again; the state’s bucket stays, as the record of it. */
export const destroySteps = (): Step[] => [
  terraform('Fetch the provider', 'init', '-input=false'),
  terraform('Let go of what is protected', 'apply', '-input=false', '-auto-approve', '-var=protect_data=false'),
  // A signing key is never destroyed by Terraform: receipts that it signed must stay verifiable.
  {
    ...terraform(
      'Keep the key that signs receipts',
      'state',
      'rm',
      'module.atlas.module.keys.google_kms_crypto_key.receipts',
      'module.atlas.module.keys.google_kms_key_ring.this',
    ),
    mayFail: /No matching objects/,
  },
  terraform('Destroy', 'destroy', '-input=false', '-auto-approve', '-var=protect_data=false'),
];

/** The step as a line of a shell. */
export const commandLine = ({ command, args, cwd }: Step): string =>
  `${cwd ? `(cd ${cwd}) ` : ''}${[command, ...args].map((word) => (/[^\w@%+=:,./*-]/.test(word) ? `'${word}'` : word)).join(' ')}`;
