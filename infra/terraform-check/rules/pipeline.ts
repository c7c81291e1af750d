import { at, type Finding, type Plan, type Resource } from '../plan.ts';

/** What the code says and the infrastructure has to repeat. */
export interface Code {
  readonly functions: readonly string[];
  readonly subscriptions: Record<
    string,
    { readonly minimumBackoffMs: number; readonly maximumBackoffMs: number; readonly maxDeliveryAttempts: number }
  >;
  readonly workflow: string;
  /** Reads the settings of a function from its environment. @throws when one is missing */
  readConfig(environment: Record<string, string>): { readonly cloud: object | undefined };
  /** Memory that one task of 3D work may take. */
  readonly workMemoryMb: number;
}

const named = (plan: Plan, type: string, name: string): Resource | undefined =>
  plan.resources.find((resource) => resource.type === type && resource.values.name === name);
const has = (plan: Plan, address: string): boolean => plan.resources.some((resource) => resource.address === address);

/** Every topic of the code is there, reaches a function, and loses nothing: dead letters are kept and Pub/Sub may write them. */
export function topicsHaveDeadLetters(plan: Plan, code: Code): Finding[] {
  const topics = new Set([
    ...Object.keys(code.subscriptions),
    ...plan.resources
      .filter(({ type, values }) => type === 'google_pubsub_topic' && !String(values.name).endsWith('-dead'))
      .map(({ values }) => String(values.name)),
  ]);
  return [...topics].flatMap((topic) => {
    const dead = `${topic}-dead`;
    const part = (address: string): boolean => has(plan, address);
    const missing = [
      [named(plan, 'google_pubsub_topic', topic), 'the topic'],
      [named(plan, 'google_pubsub_topic', dead), 'a dead-letter topic'],
      [named(plan, 'google_pubsub_subscription', dead), 'a subscription that keeps dead letters'],
      [named(plan, 'google_eventarc_trigger', topic), 'a trigger'],
      [
        part(`module.topic["${topic}"].google_pubsub_topic_iam_member.agent_publishes`),
        'leave for Pub/Sub to publish dead letters',
      ],
      [
        part(`google_pubsub_subscription_iam_member.forward_dead["${topic}"]`),
        'leave for Pub/Sub to take dead letters',
      ],
    ].filter(([found]) => !found);
    return missing.map(([, what]) => ({ rule: 'topics-have-dead-letters', address: topic, message: `lacks ${what}` }));
  });
}

const seconds = (text: unknown): number => Number(String(text).replace(/s$/, ''));

/** The numbers of delivery are those of functions/deps.ts. */
export function deliveriesMatchCode(plan: Plan, code: Code): Finding[] {
  return Object.entries(code.subscriptions).flatMap(
    ([topic, { minimumBackoffMs, maximumBackoffMs, maxDeliveryAttempts }]) => {
      const policy = at(plan.outputs.delivery_policies, topic);
      const same =
        seconds(at(policy, 'minimum_backoff')) * 1000 === minimumBackoffMs &&
        seconds(at(policy, 'maximum_backoff')) * 1000 === maximumBackoffMs &&
        at(policy, 'max_delivery_attempts') === maxDeliveryAttempts &&
        String(at(policy, 'dead_letter_topic')).endsWith(`/topics/${topic}-dead`) &&
        at(policy, 'ack_deadline_seconds') === 600;
      return same
        ? []
        : [
            {
              rule: 'deliveries-match-code',
              address: topic,
              message: `${JSON.stringify(policy)} differs from functions/deps.ts`,
            },
          ];
    },
  );
}

const workStages = ['dispatch', 'refine', 'convert', 'gate'];

function functionFindings({ address, values }: Resource, code: Code): Finding[] {
  const name = String(values.name).replace(/^atlas-/, '');
  const service = at(values.service_config, 0);
  const build = at(values.build_config, 0);
  const memoryMb = Number(/^(\d+)Gi$/.exec(String(at(service, 'available_memory')))?.[1] ?? 0) * 1024;
  const wrong = [
    [at(service, 'all_traffic_on_latest_revision') === (name !== 'api'), 'the api alone waits for its traffic'],
    [at(build, 'runtime') === 'nodejs24', 'runtime is not nodejs24'],
    [at(build, 'entry_point') === name, 'entry point is not its name'],
    [
      at(service, 'ingress_settings') === (name === 'api' ? 'ALLOW_INTERNAL_AND_GCLB' : 'ALLOW_INTERNAL_ONLY'),
      'ingress is wider than it has to be',
    ],
    [Number(at(service, 'max_instance_count')) > 0, 'instances have no limit'],
    [name === 'api' || Number(at(service, 'timeout_seconds')) <= 540, 'an event may take 540 s at most'],
    [!workStages.includes(name) || memoryMb >= code.workMemoryMb + 1024, 'memory is less than its work may take'],
    [!workStages.includes(name) || at(service, 'max_instance_request_concurrency') === 1, '3D work shares an instance'],
  ] as const;
  return wrong.filter(([good]) => !good).map(([, message]) => ({ rule: 'functions-fit', address, message }));
}

/** Every function of the code is deployed, with a runtime, a reach and a size that fit it. */
export function functionsFit(plan: Plan, code: Code): Finding[] {
  const deployed = plan.resources.filter(({ type }) => type === 'google_cloudfunctions2_function');
  const names = deployed.map(({ values }) => String(values.name).replace(/^atlas-/, ''));
  return [
    ...code.functions
      .filter((name) => !names.includes(name))
      .map((name) => ({ rule: 'functions-fit', address: name, message: 'is not deployed' })),
    ...deployed.flatMap((resource) => functionFindings(resource, code)),
  ];
}

/** The workflow is the repository's file, and has the settings that it reads. */
export function workflowIsOurs(plan: Plan, code: Code): Finding[] {
  return plan.resources
    .filter(({ type, values }) => type === 'google_workflows_workflow' && values.name === 'atlas-produce-asset')
    .flatMap(({ address, values }) => {
      const variables = Object.keys((values.user_env_vars ?? {}) as object);
      const read = [...code.workflow.matchAll(/sys\.get_env\("([A-Z_]+)"/g)].map(([, name = '']) => name);
      const wrong = [
        [values.source_contents === code.workflow, 'is not workflows/produce-asset.yaml'],
        [variables.length <= 20, 'has more than 20 variables'],
        [!variables.some((name) => /^(GOOGLE|WORKFLOWS)/.test(name)), 'sets a variable whose name Google keeps'],
        [
          read.every((name) => name.startsWith('GOOGLE_') || variables.includes(name)),
          'reads a variable that is not set',
        ],
      ] as const;
      return wrong.filter(([good]) => !good).map(([, message]) => ({ rule: 'workflow-is-ours', address, message }));
    });
}

const listAt = (value: unknown, ...path: (string | number)[]): unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** The variable that names the directory of models, and the volume that is mounted there, go together. */
function mountsModels(task: unknown, container: unknown): boolean {
  const folder = listAt(container, 'env').find((item) => at(item, 'name') === 'ATLAS_MODELS_DIR');
  const mount = listAt(container, 'volume_mounts').find((item) => at(item, 'mount_path') === at(folder, 'value'));
  const volume = listAt(task, 'volumes').find((item) => at(item, 'name') === at(mount, 'name'));
  const isAsked = listAt(task, 'volumes').length > 0;
  return isAsked ? at(volume, 'gcs', 0, 'read_only') === true : folder === undefined;
}

/** The scoring job holds one L4, is repeated, ends before the workflow stops waiting, and runs one exact image. */
export function scoringFits(plan: Plan, code: Code): Finding[] {
  const job = named(plan, 'google_cloud_run_v2_job', 'atlas-score');
  const task = at(job?.values.template, 0, 'template', 0);
  const container = at(task, 'containers', 0);
  const waitsS = Number(/run_job:[\s\S]*?timeout: (\d+)/.exec(code.workflow)?.[1]);
  const wrong = [
    [at(task, 'node_selector', 0, 'accelerator') === 'nvidia-l4', 'accelerator is not the L4'],
    [at(task, 'gpu_zonal_redundancy_disabled') === true, 'pays for zonal redundancy'],
    [Number(at(task, 'max_retries')) >= 1, 'is not repeated after maintenance'],
    [seconds(at(task, 'timeout')) < waitsS, 'may outlast the workflow’s patience'],
    [at(container, 'resources', 0, 'limits', 'nvidia.com/gpu') === '1', 'has no GPU'],
    [/@sha256:[0-9a-f]{64}$/.test(String(at(container, 'image'))), 'image is not named by digest'],
    [mountsModels(task, container), 'does not find its models where they are mounted, read-only'],
  ] as const;
  return wrong
    .filter(([good]) => !good)
    .map(([, message]) => ({ rule: 'scoring-fits', address: job?.address ?? 'atlas-score', message }));
}

/** The functions and the scoring job find every setting that they read, in the form in which they read it. */
export function settingsAreComplete(plan: Plan, code: Code): Finding[] {
  const places = plan.resources.flatMap(({ address, type, values }) => {
    if (type === 'google_cloudfunctions2_function') {
      return [{ address, environment: at(values.service_config, 0, 'environment_variables') }];
    }
    if (type !== 'google_cloud_run_v2_job') return [];
    const list = at(values.template, 0, 'template', 0, 'containers', 0, 'env');
    const pairs = (Array.isArray(list) ? list : []).map((item) => [at(item, 'name'), at(item, 'value')]);
    return [{ address, environment: Object.fromEntries(pairs) }];
  });
  return places.flatMap(({ address, environment }) => {
    const finding = (message: string): Finding[] => [{ rule: 'settings-are-complete', address, message }];
    try {
      const { cloud } = code.readConfig({ ...(environment as Record<string, string>) });
      return cloud ? [] : finding('does not run in mode gcp');
    } catch (error) {
      return finding(String(error));
    }
  });
}
