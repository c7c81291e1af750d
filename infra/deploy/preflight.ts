import { z } from 'zod';
import { namesOf, type Options } from './options.ts';
import { allPermissions, missingPermissions } from './permissions.ts';
import type { World } from './ports.ts';
import { recogniseError } from './recognise-error.ts';

/** What preflight found out, or what stands in the way, a line each. */
export type Preflight =
  | { readonly ok: true; readonly token: string; readonly projectNumber: string; readonly warnings: string[] }
  | { readonly ok: false; readonly problems: string[] };

const said = (text: string, otherwise: string): string => {
  const explained = recogniseError(text);
  return explained ? `${explained.problem} ${explained.remedy}` : `${otherwise}\n${text.trim()}`;
};

async function missingPrograms(world: World): Promise<string[]> {
  const programs = [
    ['gcloud', ['--version'], 'https://cloud.google.com/sdk/docs/install'],
    ['terraform', ['version'], 'https://developer.hashicorp.com/terraform/install'],
  ] as const;
  const problems: string[] = [];
  for (const [command, args, place] of programs) {
    if ((await world.run(command, args)).code !== 0) problems.push(`${command} is not installed. ${place}`);
  }
  return problems;
}

/** Google refuses tokens that are more than five minutes off. */
const clockToleranceMs = 5 * 60_000;

function clockProblem(world: World, date: string | undefined): string[] {
  if (date === undefined) return [];
  const offMs = Math.abs(world.now().getTime() - Date.parse(date));
  if (offMs <= clockToleranceMs) return [];
  return [`The clock of this machine is ${Math.round(offMs / 60_000)} minutes off. Set it: timedatectl set-ntp true`];
}

const Project = z.object({
  projectNumber: z.string().optional(),
  name: z.string().optional(),
  state: z.string().optional(),
});
const Held = z.object({ permissions: z.array(z.string()).default([]) });
const Billing = z.object({ billingEnabled: z.boolean().default(false) });
const Failure = z.object({ error: z.object({ message: z.string() }) });

const messageOf = (json: unknown): string => Failure.safeParse(json).data?.error.message ?? JSON.stringify(json);

async function permissionProblems(world: World, token: string, project: string): Promise<string[]> {
  const url = `https://cloudresourcemanager.googleapis.com/v3/projects/${project}:testIamPermissions`;
  const { status, json } = await world.call('POST', url, token, { permissions: allPermissions });
  if (status !== 200) return [said(messageOf(json), 'Your permissions cannot be read.')];
  const missing = missingPermissions(Held.parse(json).permissions);
  return missing.length === 0 ? [] : [`You lack permissions in ${project}:`, ...missing.map((line) => `  ${line}`)];
}

async function billingProblems(world: World, token: string, project: string): Promise<string[]> {
  const { status, json } = await world.call(
    'GET',
    `https://cloudbilling.googleapis.com/v1/projects/${project}/billingInfo`,
    token,
  );
  if (status !== 200) return [said(messageOf(json), 'Whether the project has billing cannot be read.')];
  return Billing.parse(json).billingEnabled
    ? []
    : ['The project has no billing account. https://console.cloud.google.com/billing/linkedaccount'];
}

/** A bucket that answers 403 is somebody else’s; 404 is free; 200 is ours or shared with us. */
async function bucketProblems(world: World, token: string, options: Options): Promise<string[]> {
  const { stateBucket } = namesOf(options);
  const { status } = await world.call('GET', `https://storage.googleapis.com/storage/v1/b/${stateBucket}`, token);
  return status === 403
    ? [`The bucket name ${stateBucket} is taken by somebody else. Choose others with --bucket-prefix.`]
    : [];
}

/** Looks for everything that would stop a deployment half-way, all at once, before anything is made. Reads only. */
export async function preflight(world: World, options: Options): Promise<Preflight> {
  const missing = await missingPrograms(world);
  if (missing.length > 0) return { ok: false, problems: missing };
  const { code, stdout, stderr } = await world.run('gcloud', ['auth', 'print-access-token']);
  if (code !== 0) return { ok: false, problems: [said(stderr, 'There is no access token.')] };
  const token = stdout.trim();
  const found = await world.call(
    'GET',
    `https://cloudresourcemanager.googleapis.com/v3/projects/${options.project}`,
    token,
  );
  const clock = clockProblem(world, found.date);
  if (found.status !== 200) {
    const text =
      found.status === 403 || found.status === 404 ? `Project ${options.project} not found` : messageOf(found.json);
    return { ok: false, problems: [...clock, said(text, 'The project cannot be read.')] };
  }
  const project = Project.parse(found.json);
  const number = project.name?.replace(/^projects\//, '') ?? project.projectNumber ?? '';
  const problems = [
    ...clock,
    ...(project.state && project.state !== 'ACTIVE' ? [`The project is ${project.state}; it has to be active.`] : []),
    ...(await billingProblems(world, token, options.project)),
    ...(await permissionProblems(world, token, options.project)),
    ...(await bucketProblems(world, token, options)),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const warnings = ['The quota of L4 GPUs cannot be asked for here; a first scoring job shows whether there is one.'];
  return { ok: true, token, projectNumber: number, warnings };
}
