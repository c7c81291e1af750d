import { at, type Finding, type Plan, type Resource } from '../plan.ts';

/** Roles that may be given, by what they are given on. Everything else needs a reason, and a line here. */
const allowedRoles: Record<string, readonly string[]> = {
  google_project_iam_member: [
    'own/atlasRelease',
    'roles/datastore.user',
    'roles/eventarc.eventReceiver',
    'roles/logging.logWriter',
    'roles/run.viewer',
    'roles/telemetry.tracesWriter',
    'roles/workflows.invoker',
  ],
  google_storage_bucket_iam_member: [
    'own/atlasDeletesObjects',
    'roles/storage.objectViewer',
    'roles/storage.objectCreator',
  ],
  google_pubsub_topic_iam_member: ['roles/pubsub.publisher'],
  google_pubsub_subscription_iam_member: ['roles/pubsub.subscriber'],
  google_cloud_run_v2_service_iam_member: ['roles/run.invoker'],
  google_cloud_run_v2_job_iam_member: ['roles/run.jobsExecutorWithOverrides'],
  google_kms_crypto_key_iam_member: ['roles/cloudkms.signerVerifier', 'roles/cloudkms.publicKeyViewer'],
  google_secret_manager_secret_iam_member: ['roles/secretmanager.secretAccessor'],
  google_artifact_registry_repository_iam_member: ['roles/artifactregistry.writer', 'roles/artifactregistry.reader'],
  google_service_account_iam_member: ['roles/iam.serviceAccountTokenCreator', 'roles/iam.serviceAccountUser'],
};

/** The only place that everybody may reach: the load balancer brings no token, and the API checks keys itself. */
const publicPlace = 'module.function["api"].google_cloud_run_v2_service_iam_member.public[0]';

const grants = (plan: Plan): Resource[] =>
  plan.resources.filter(({ type }) => /_iam_(member|binding|policy)$/.test(type));

/** What is given in one place only. */
const givenOnce: Record<string, string> = {
  'roles/storage.objectUser': 'module.release[0].google_storage_bucket_iam_member.state',
};

/** A role of this project, whatever its name, is `own/<id>` on the list. */
const roleOf = (values: Resource['values']): string => String(values.role).replace(/^projects\/[^/]+\/roles\//, 'own/');

/** Grants are single members with a role of the list: a binding or policy would take away what others have given. */
export function rolesAreListed(plan: Plan): Finding[] {
  return grants(plan)
    .filter(({ type, values }) => !allowedRoles[type]?.includes(roleOf(values)))
    .filter(({ address, values }) => givenOnce[roleOf(values)] !== address)
    .map(({ address, type, values }) => ({
      rule: 'roles-are-listed',
      address,
      message: `${values.role} is not on the list for ${type}`,
    }));
}

/** Storage is given bucket by bucket, and no basic role is given at all. */
export function noProjectWideStorage(plan: Plan): Finding[] {
  return plan.resources
    .filter(({ type }) => type.startsWith('google_project_iam_'))
    .filter(({ values }) => /^roles\/(storage\.|owner$|editor$|viewer$)/.test(String(values.role)))
    .map(({ address, values }) => ({
      rule: 'no-project-wide-storage',
      address,
      message: `${values.role} on the project`,
    }));
}

/** Nobody is everybody, but for the API behind the load balancer. */
export function noPublicMember(plan: Plan): Finding[] {
  return grants(plan)
    .filter(({ address }) => address !== publicPlace)
    .filter(({ values }) => /"all(Authenticated)?Users"/.test(JSON.stringify([values.member, values.members])))
    .map(({ address }) => ({ rule: 'no-public-member', address, message: 'gives a role to everybody' }));
}

/** Database access is bound to the one database. */
export function databaseIsNamed(plan: Plan): Finding[] {
  return plan.resources
    .filter(({ values }) => values.role === 'roles/datastore.user')
    .filter(({ values }) => !String(at(values.condition, 0, 'expression')).includes('/databases/'))
    .map(({ address }) => ({ rule: 'database-is-named', address, message: 'has no condition on the database' }));
}

/** Buckets answer to IAM alone and cannot be made public. */
export function bucketsAreClosed(plan: Plan): Finding[] {
  return plan.resources
    .filter(({ type }) => type === 'google_storage_bucket')
    .filter(
      ({ values }) => values.uniform_bucket_level_access !== true || values.public_access_prevention !== 'enforced',
    )
    .map(({ address }) => ({ rule: 'buckets-are-closed', address, message: 'could be made public' }));
}

/** A function runs as an account that only it has. */
export function ownAccounts(plan: Plan): Finding[] {
  const findings: Finding[] = [];
  const accounts = plan.resources.filter(({ type }) => type === 'google_service_account');
  const used = plan.references(
    'function',
    'google_cloudfunctions2_function.this',
    'service_config',
    'service_account_email',
  );
  for (const { address } of plan.resources.filter(({ type }) => type === 'google_cloudfunctions2_function')) {
    const beside = address.replace(/google_cloudfunctions2_function\.this$/, 'google_service_account.this');
    if (
      !used.includes('google_service_account.this.email') ||
      !accounts.some((account) => account.address === beside)
    ) {
      findings.push({ rule: 'own-accounts', address, message: 'does not run as the account of its own module' });
    }
  }
  const ids = accounts.map(({ values }) => values.account_id);
  for (const [index, { address }] of accounts.entries()) {
    if (ids.indexOf(ids[index]) !== index)
      findings.push({ rule: 'own-accounts', address, message: 'account id is taken' });
  }
  return findings;
}

/** Address of a function’s service in the plan; its key in `local.sizes` is its name. */
const functionAddress = /^module\.function\["([^"]+)"\]\.google_cloudfunctions2_function\.this$/;

/** Every function but the API names the accounts that may call it, and they are accounts of this plan. */
export function callersAreNamed(plan: Plan): Finding[] {
  const accounts = plan.resources
    .filter(({ type }) => type === 'google_service_account')
    .map(({ values }) => String(values.account_id));
  return plan.resources.flatMap(({ address, values }) => {
    const name = functionAddress.exec(address)?.[1];
    if (name === undefined || name === 'api') return [];
    const finding = (message: string): Finding => ({ rule: 'callers-are-named', address, message });
    const text = String(at(values.service_config, 0, 'environment_variables', 'ATLAS_CALLERS') ?? '');
    if (text === '') return [finding('says nobody who may call it, so that it refuses everybody')];
    return text
      .split(',')
      .filter((email) => !accounts.some((account) => email.startsWith(`${account}@`)))
      .map((email) => finding(`lets ${email} call, which is no account of ours`));
  });
}

/** What a function reads in Secret Manager, it may; and nobody else may read anything. */
export function secretsAreRead(plan: Plan, readers: Readonly<Record<string, readonly string[]>>): Finding[] {
  const wanted = Object.entries(readers).flatMap(([secret, names]) => names.map((name) => `${secret}/${name}`));
  const given = plan.resources
    .filter(({ type }) => type === 'google_secret_manager_secret_iam_member')
    .map(({ address }) => /\["([^"]+)"\]$/.exec(address)?.[1] ?? address);
  const finding = (message: string): Finding => ({ rule: 'secrets-are-read', address: 'local.secrets', message });
  return [
    ...wanted.filter((pair) => !given.includes(pair)).map((pair) => finding(`${pair} may not be read`)),
    ...given.filter((pair) => !wanted.includes(pair)).map((pair) => finding(`${pair} is read by nobody`)),
    ...Object.keys(readers)
      .filter((secret) => !plan.resources.some(({ values }) => values.secret_id === secret))
      .map((secret) => finding(`there is no secret ${secret}`)),
  ];
}
