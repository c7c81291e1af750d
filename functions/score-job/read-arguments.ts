import { parseArgs } from 'node:util';
import { AtlasError } from '../../shared/errors.ts';
import { Sha256, TenantId } from '../../shared/schema/index.ts';

/** Candidates of one job: as many as a request may ask for, and some more for files. */
const mostCandidates = 64;
const promptLength = 2000;

interface Common {
  readonly prompt:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'image'; readonly at: string }
    | undefined;
  /** Directory of models, if the arguments name one. */
  readonly models: string | undefined;
}

/** Dispatched masters in the object store; their manifests go there. A prompt image is an object of the tenant. */
interface StoredCandidates extends Common {
  readonly kind: 'stored';
  readonly tenantId: string;
  readonly candidates: readonly { readonly dispatchKey: string; readonly manifestKey: string }[];
}

/** Files of this machine; their manifests go to a folder. */
interface FileCandidates extends Common {
  readonly kind: 'files';
  readonly out: string;
  readonly paths: readonly string[];
}
export type JobArguments = StoredCandidates | FileCandidates;

/** Which of the tasks of an execution this process is, as Cloud Run tells it. */
export interface TaskPlace {
  readonly index: number;
  readonly count: number;
  /** 0 at the first try. */
  readonly attempt: number;
}

const invalid = (message: string): AtlasError => new AtlasError('invalid_request', message);

function promptOf(text: string | undefined, image: string | undefined): Common['prompt'] {
  if (text !== undefined && image !== undefined) throw invalid('Give --prompt or --prompt-image, not both.');
  if (image !== undefined) return { kind: 'image', at: image };
  if (text === undefined) return undefined;
  if (text.trim() === '' || text.length > promptLength) {
    throw invalid(`The prompt must have 1 to ${promptLength} characters.`);
  }
  return { kind: 'text', text };
}

function storedFrom([tenant, ...keys]: readonly string[], common: Common): StoredCandidates {
  if (keys.length === 0 || keys.length % 2 !== 0) throw invalid('Give a tenant, then a key and a manifest each.');
  const tenantId = TenantId.parse(tenant);
  const own = (key: string, folder: string): void => {
    if (!key.startsWith(`tenants/${tenantId}/${folder}`)) throw invalid(`${key} does not belong to the tenant.`);
  };
  if (common.prompt?.kind === 'image') own(common.prompt.at, '');
  const candidates = Array.from({ length: keys.length / 2 }, (_, i) => {
    const manifestKey = keys[2 * i + 1]!;
    own(manifestKey, 'scores/');
    return { dispatchKey: Sha256.parse(keys[2 * i]), manifestKey };
  });
  return { kind: 'stored', tenantId, candidates, ...common };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { out: text, prompt: text, 'prompt-image': text, models: text };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new AtlasError('invalid_request', (cause as Error).message, { cause });
  }
}

/**
 * `TENANT KEY MANIFEST [KEY MANIFEST]…` or `--out FOLDER FILE…`, and `--prompt TEXT`, `--prompt-image WHERE`, `--models DIR`.
 * @throws AtlasError invalid_request, ZodError
 */
export function readArguments(args: readonly string[]): JobArguments {
  const { values, positionals } = parse(args);
  const common: Common = { prompt: promptOf(values.prompt, values['prompt-image']), models: values.models };
  const most = values.out === undefined ? 1 + 2 * mostCandidates : mostCandidates;
  if (positionals.length === 0) throw invalid('There is nothing to score.');
  if (positionals.length > most) throw invalid(`There are more than ${mostCandidates} candidates.`);
  if (values.out === undefined) return storedFrom(positionals, common);
  return { kind: 'files', out: values.out, paths: positionals, ...common };
}

/** Reads CLOUD_RUN_TASK_INDEX, CLOUD_RUN_TASK_COUNT and CLOUD_RUN_TASK_ATTEMPT. @throws AtlasError invalid_request */
export function readTaskPlace(env: Record<string, string | undefined>): TaskPlace {
  const read = (name: string, otherwise: number): number => {
    const text = env[`CLOUD_RUN_TASK_${name}`] ?? String(otherwise);
    if (!/^\d{1,6}$/.test(text)) throw invalid(`CLOUD_RUN_TASK_${name} is ${text}, no whole number.`);
    return Number(text);
  };
  const place = { index: read('INDEX', 0), count: read('COUNT', 1), attempt: read('ATTEMPT', 0) };
  if (place.index >= place.count) throw invalid(`Task ${place.index} of ${place.count} cannot be.`);
  return place;
}

/** The share of a task: every `count`-th, so that tasks have equally many but for one. */
export const shareOf = <T>(all: readonly T[], { index, count }: TaskPlace): T[] =>
  all.filter((_, i) => i % count === index);
