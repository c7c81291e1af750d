import { parse } from 'yaml';
import { z } from 'zod';

const Duration = z.string().regex(/^\d+(\.\d+)?s$/, 'a duration in seconds, such as 600s');
const Step = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  args: z.array(z.string()).optional(),
  entrypoint: z.string().optional(),
  dir: z.string().optional(),
  env: z.array(z.string().regex(/^[A-Z_][A-Z0-9_]*=/)).optional(),
  secretEnv: z.array(z.string()).optional(),
  waitFor: z.array(z.string()).optional(),
  timeout: Duration.optional(),
  allowFailure: z.boolean().optional(),
});

/** The part of Cloud Build’s configuration that this repository uses. https://cloud.google.com/build/docs/build-config-file-schema */
const CloudBuild = z.strictObject({
  steps: z.array(Step).min(1),
  images: z.array(z.string()).min(1),
  substitutions: z.record(z.string().regex(/^_[A-Z0-9_]+$/, 'begins with an underscore'), z.string()),
  options: z.strictObject({
    dynamicSubstitutions: z.boolean().optional(),
    logging: z.enum(['CLOUD_LOGGING_ONLY', 'GCS_ONLY', 'LEGACY', 'NONE']),
    requestedVerifyOption: z.literal('VERIFIED'),
    machineType: z.enum(['E2_MEDIUM', 'E2_HIGHCPU_8', 'E2_HIGHCPU_32']).optional(),
  }),
  serviceAccount: z.string().regex(/^projects\/.+\/serviceAccounts\/.+$/),
  timeout: Duration,
});
type CloudBuild = z.infer<typeof CloudBuild>;

/** Substitutions that Cloud Build makes for every build that a trigger starts. */
const builtIn = [
  'PROJECT_ID',
  'PROJECT_NUMBER',
  'BUILD_ID',
  'LOCATION',
  'SHORT_SHA',
  'COMMIT_SHA',
  'REVISION_ID',
  'REPO_NAME',
  'REPO_FULL_NAME',
  'BRANCH_NAME',
  'TAG_NAME',
  'REF_NAME',
  'TRIGGER_NAME',
];

/** Names used as $NAME or ${NAME}; $$ stands for a dollar of the shell. */
function namesUsed(text: string): string[] {
  const own = text.replaceAll('$$', '');
  return [...own.matchAll(/\$(?:\{([A-Za-z_]\w*)\}|([A-Z_][A-Z0-9_]*))/g)].map(
    ([, braced, bare]) => braced ?? bare ?? '',
  );
}

function substitutionProblems(build: CloudBuild): string[] {
  const declared = Object.keys(build.substitutions);
  const used = namesUsed(JSON.stringify(build));
  return [
    ...[...new Set(used)]
      .filter((name) => !declared.includes(name) && !builtIn.includes(name))
      .map((name) => `${name} is used, but not declared`),
    ...declared.filter((name) => !used.includes(name)).map((name) => `${name} is declared, but not used`),
  ];
}

function orderProblems({ steps }: CloudBuild): string[] {
  const problems: string[] = [];
  const before = new Set<string>();
  for (const { id, waitFor = [] } of steps) {
    if (before.has(id)) problems.push(`step ${id} is there twice`);
    for (const awaited of waitFor) {
      if (awaited !== '-' && !before.has(awaited))
        problems.push(`step ${id} waits for ${awaited}, which is no earlier step`);
    }
    before.add(id);
  }
  return problems;
}

/** Steps whose result a step can count on, because it waits for them, at once or by way of others. */
function awaitedBy(build: CloudBuild, id: string): Set<string> {
  const found = new Set<string>();
  const follow = (name: string): void => {
    for (const awaited of build.steps.find((step) => step.id === name)?.waitFor ?? []) {
      if (found.has(awaited)) continue;
      found.add(awaited);
      follow(awaited);
    }
  };
  follow(id);
  return found;
}

/** The way of a release: each step counts on the one before it. */
const way = ['test', 'bundle', 'image', 'digest', 'settings', 'apply', 'candidate', 'smoke', 'shift'];

/** Nothing is bundled that nobody has looked at. */
const besides: readonly (readonly [string, string])[] = [['bundle', 'audit']];

function wayProblems(build: CloudBuild): string[] {
  const steps = way.slice(1).map((id, index) => [id, way[index] ?? ''] as const);
  return [...steps, ...besides].flatMap(([id, earlier]) => {
    return awaitedBy(build, id).has(earlier) ? [] : [`step ${id} does not wait for ${earlier}`];
  });
}

/** An image is built under its tag and pushed; every later step knows it by its digest only. */
function digestProblems(build: CloudBuild): string[] {
  const tags = build.images;
  const mayName = new Set(['image', 'digest']);
  return build.steps
    .filter(({ id }) => !mayName.has(id))
    .filter((step) => tags.some((tag) => JSON.stringify(step).includes(tag)) || /:latest\b/.test(JSON.stringify(step)))
    .map(({ id }) => `step ${id} names an image by its tag`);
}

/** What is wrong with a cloudbuild.yaml; nothing when it may be submitted. */
export function checkCloudBuild(yaml: string): string[] {
  const parsed = CloudBuild.safeParse(parse(yaml));
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const build = parsed.data;
  return [substitutionProblems, orderProblems, wayProblems, digestProblems].flatMap((problems) => problems(build));
}
