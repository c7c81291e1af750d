import { readFileSync } from 'node:fs';
import type { RunJob, TopicMessage } from '../local/calls/connectors.ts';
import type { HttpClient } from '../local/calls/http-client.ts';
import { workflowExecutor } from '../local/executor.ts';
import type { WorkflowExecutor } from '../local/executor-interface.ts';
import type { Json } from '../local/json-text.ts';
import type { ExecutionStore } from '../local/store/execution-store.ts';
import { memoryExecutionStore } from '../local/store/memory-execution-store.ts';
import { type ManualClock, manualClock } from '../local/testing/manual-clock.ts';
import { finish } from '../local/testing/run-source.ts';

const source = readFileSync(new URL('../produce-asset.yaml', import.meta.url), 'utf8');

export interface Command {
  readonly stage: string;
  readonly target: string | null;
  readonly input: { readonly error?: Json; readonly targets?: Json; readonly [key: string]: Json | undefined };
  readonly callbackUrl: string;
  readonly traceparent: string;
  readonly executionId: string;
}
/** What a stage answers; undefined for one that is never heard of again. */
export type Answer = Json | undefined;

export interface World {
  readonly claims?: { code: number; body: Json }[];
  readonly runJob?: RunJob;
  readonly traceparent?: string;
  answer?(command: Command, count: number): Answer;
}

const noJob: RunJob = () => Promise.reject(new Error('nobody asked for a job'));
export const done = (command: Command): Json => ({ status: 'done', stageKey: `${command.stage}:${command.target}` });
export const claimed = (more: object = {}) => ({
  code: 200,
  body: { owned: true, targets: ['web', 'ar'], score: false, ...more },
});

export interface Site {
  readonly executor: WorkflowExecutor;
  readonly commands: Command[];
  readonly attributes: TopicMessage['attributes'][];
  readonly asked: { url: string; body: string; authorization: string | undefined }[];
}

/** An executor on this store with these claims and stages around it; a command is answered in the next turn. */
export function openSite(
  { claims = [claimed()], runJob = noJob, answer = done }: World,
  { store, clock }: { store: ExecutionStore; clock: ManualClock },
): Site {
  const commands: Command[] = [];
  const attributes: TopicMessage['attributes'][] = [];
  const asked: Site['asked'] = [];
  const left = [...claims];
  const http: HttpClient = async ({ url, body, headers }) => {
    asked.push({ url, body: Buffer.from(body ?? []).toString(), authorization: headers.authorization });
    const { code, body: json } = left.length > 1 ? left.shift()! : left[0]!;
    return { code, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(json)) };
  };
  const executor: WorkflowExecutor = workflowExecutor({
    ...{ store, clock, http, project: 'p', location: 'eu', runJob },
    environment: { ATLAS_FUNCTIONS_URL: 'http://functions' },
    mintToken: async (audience) => `for ${audience}`,
    publish: async (topic, [message]) => {
      const command = JSON.parse(Buffer.from(message!.data).toString()) as Command;
      if (topic !== `projects/p/topics/atlas-${command.stage}`)
        throw new Error(`${command.stage} was sent to ${topic}`);
      commands.push(command);
      attributes.push(message!.attributes);
      const { stage, target } = command;
      const count = commands.filter((other) => other.stage === stage && other.target === target).length;
      const reply = answer(command, count);
      if (reply !== undefined) setImmediate(() => void deliver(executor, command, reply).catch(() => undefined));
      return ['1'];
    },
  });
  return { executor, commands, attributes, asked };
}

/** The one execution of a run. */
export const executionName = 'projects/p/locations/eu/workflows/produce-asset/executions/e1';

export function startExecution({ executor }: Site, traceparent?: string) {
  executor.deploy({ workflowId: 'produce-asset', source });
  const argument = { tenantId: 'ten_1', jobId: 'job_1', ...(traceparent ? { traceparent } : {}) };
  return executor.createExecution({ workflowId: 'produce-asset', executionId: 'e1', argument });
}

/** Runs the workflow with these claims and stages; answers its result, the commands it sent and what it waited. */
export async function produce(world: World) {
  const clock = manualClock(0);
  const site = openSite(world, { store: memoryExecutionStore(), clock });
  const { name } = await startExecution(site, world.traceparent);
  const execution = await finish(site.executor, clock, name);
  site.executor.close();
  const { commands, attributes, asked } = site;
  return { execution, commands, attributes, asked, seconds: clock.now() / 1000 };
}

export function deliver(executor: WorkflowExecutor, { callbackUrl }: Command, reply: Json) {
  const [, execution = '', callbackId = ''] = /\/v1\/(.*)\/callbacks\/(.*)$/.exec(callbackUrl) ?? [];
  const headers = { 'content-type': 'application/json' };
  return executor.deliverCallback({
    ...{ execution, callbackId, method: 'POST', headers },
    body: Buffer.from(JSON.stringify(reply)),
  });
}

export const settled = ({ commands }: { readonly commands: readonly Command[] }) =>
  commands.filter(({ stage }) => stage === 'settle');
const roundKeys = (target: string) => ({
  refineKey: `refine:${target}`,
  convertKey: `convert:${target}`,
  gateKey: `gate:${target}`,
});
/** What settle is told of a target that passed at its first try. */
export const keys = (target: string) => ({ ...roundKeys(target), rounds: [roundKeys(target)] });
export const failed = (code: string) => ({
  status: 'failed',
  error: { code, message: `it was ${code}`, pointer: '/x' },
});
