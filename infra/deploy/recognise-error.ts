/** Something that went wrong, in words that say what to do. */
export interface Explained {
  readonly problem: string;
  readonly remedy: string;
}

interface Recogniser {
  readonly name: string;
  readonly pattern: RegExp;
  explain(match: RegExpExecArray): Explained;
}

const tell = (problem: string, remedy: string): Explained => ({ problem, remedy });

/** The first that fits explains; the more exact ones come first. Patterns follow what gcloud 528 and Terraform print. */
const recognisers: readonly Recogniser[] = [
  {
    name: 'not installed',
    pattern: /(gcloud|terraform|docker): (?:not installed|command not found)|spawn (\w+) ENOENT/,
    explain: ([, name, other]) => tell(`${name ?? other} is not installed.`, 'Install it, and start again.'),
  },
  {
    name: 'clock off',
    pattern:
      /invalid_grant[\s\S]*?(?:Invalid JWT|reasonable timeframe|iat)|Token used too (?:early|late)|RequestTimeTooSkewed/,
    explain: () =>
      tell(
        'The clock of this machine is off: Google refuses its tokens.',
        'Set the clock (`timedatectl set-ntp true`), and start again.',
      ),
  },
  {
    name: 'not signed in',
    pattern:
      /You do not currently have an active account|could not find default credentials|Reauthentication (?:failed|required)|invalid_grant|problem refreshing your current auth tokens/i,
    explain: () =>
      tell(
        'Nobody is signed in, or the sign-in has expired.',
        'gcloud auth login && gcloud auth application-default login',
      ),
  },
  {
    name: 'billing off',
    pattern:
      /BILLING_DISABLED|billing (?:account )?(?:to be enabled|is disabled|must be enabled)|requires billing to be enabled/i,
    explain: () =>
      tell('The project has no billing account.', 'Link one: https://console.cloud.google.com/billing/linkedaccount'),
  },
  {
    name: 'missing API',
    pattern:
      /(?:API \[?([\w.]+\.googleapis\.com)\]? (?:not enabled|has not been used)|SERVICE_DISABLED[\s\S]*?([\w]+\.googleapis\.com)|([\w ]+ API) has not been used in project)/,
    explain: ([, one, two, three]) =>
      tell(
        `The API ${one ?? two ?? three} is off, or was turned on only now.`,
        `gcloud services enable ${one ?? two ?? '<its name>.googleapis.com'}; then wait two minutes and start again.`,
      ),
  },
  {
    name: 'public access refused',
    pattern: /(?:permitted customer|iam\.allowedPolicyMemberDomains|do not belong to a permitted)/i,
    explain: () =>
      tell(
        'The organisation forbids allUsers, which the load balancer’s way to the API needs.',
        'Ask for an exception of iam.allowedPolicyMemberDomains for this project (infra/README.md, “Who may reach the API”).',
      ),
  },
  {
    name: 'wrong project',
    pattern:
      /(?:Project (?:id )?'?\[?([\w-]+)\]?'?[^\n]*(?:not found|does not exist)|may not exist|The project property is set to the empty string|CONSUMER_INVALID|Unknown project id: (\d+|[\w-]+))/i,
    explain: ([, one, two]) =>
      tell(
        `The project ${one ?? two ?? ''} does not exist, or you may not see it.`.replace('  ', ' '),
        '`gcloud projects list` shows yours; give its id (not its name or number) to --project.',
      ),
  },
  {
    name: 'missing permission',
    pattern:
      /(?:Permission '?([\w.]+\.[\w.]+)'? denied|(?:missing|required|lacks?) (?:the )?(?:following )?(?:IAM )?["'`“]?([a-z]\w*\.[\w.]+\.\w+)["'`”]?(?: permission)?|does not have ([\w.]+\.[\w.]+) access|PERMISSION_DENIED|Error 403: The caller does not have permission)/,
    explain: ([, one, two, three]) =>
      tell(
        `You lack the permission ${one ?? two ?? three ?? '(which one is not said)'}.`,
        'Ask the owner of the project for a role that has it; `npm run deploy -- --project … --dry-run` lists all that are needed.',
      ),
  },
  {
    name: 'region without L4',
    pattern:
      /(?:gpu|nvidia-l4|accelerator)[^\n]*(?:not (?:available|supported) in|is not supported|unsupported (?:region|location))|(?:not (?:available|supported)) in (?:region|location)[^\n]*gpu/i,
    explain: () =>
      tell(
        'Cloud Run has no L4 in this region.',
        'Choose --region asia-southeast1, europe-west1, europe-west4, us-central1 or us-east4.',
      ),
  },
  {
    name: 'quota exceeded',
    pattern:
      /(?:QUOTA_EXCEEDED|Quota exceeded for (?:quota metric )?'?([^'\n]+)'?|quota ['"]?([\w-]+)['"]? exceeded|RESOURCE_EXHAUSTED|You do not have quota for using GPUs|NvidiaL4GpuAllocNoZonalRedundancy\w*)/i,
    explain: ([all, one, two]) =>
      /gpu/i.test(all)
        ? tell(
            'The project has no quota for an L4 on Cloud Run.',
            'Ask for “Total Nvidia L4 GPU allocation without zonal redundancy” in this region: https://console.cloud.google.com/iam-admin/quotas',
          )
        : tell(
            `A quota is used up: ${one ?? two ?? 'see the message above'}.`,
            'Wait a minute if it counts requests; else raise it: https://console.cloud.google.com/iam-admin/quotas',
          ),
  },
  {
    name: 'bucket name taken',
    pattern:
      /(?:requested bucket name is not available|bucket name[^\n]*(?:already (?:in use|exists)|is taken)|Error 409: [^\n]*bucket|HTTPError 409[^\n]*bucket)/i,
    explain: () =>
      tell(
        'Somebody else has a bucket of this name; names are shared with all the world.',
        'Choose others with --bucket-prefix <something of yours>.',
      ),
  },
  {
    name: 'already there',
    pattern: /Error 409: ([^\n]*already exists[^\n]*)/i,
    explain: ([, what]) =>
      tell(
        `Something is there that this deployment has not made: ${what}`,
        'Remove it, or `terraform import` it in dist/deploy/environment/infra/terraform/example.',
      ),
  },
  {
    name: 'state locked',
    pattern: /Error acquiring the state lock[\s\S]*?ID:\s+(\S+)/,
    explain: ([, id]) =>
      tell(
        'Another deployment is running, or one was killed.',
        `Wait for it; if it is gone: terraform force-unlock ${id}`,
      ),
  },
  {
    name: 'no network',
    pattern:
      /(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|Could not resolve host|no such host|network is unreachable|Failed to query available provider packages)/i,
    explain: () =>
      tell(
        'Google, or the registry of Terraform, cannot be reached from here.',
        'Check the network and any proxy (HTTPS_PROXY), and start again.',
      ),
  },
];

/** Names of all recognisers, for the test that shows each of them once. */
export const recogniserNames = recognisers.map(({ name }) => name);

/** Explains what gcloud, Terraform or an API said; undefined when nothing fits. */
export function recogniseError(text: string): (Explained & { name: string }) | undefined {
  for (const { name, pattern, explain } of recognisers) {
    const match = pattern.exec(text);
    if (match) return { name, ...explain(match) };
  }
  return undefined;
}
