import { z } from 'zod';
import { AtlasError, type ErrorCode } from '../../errors.ts';
import type { ExecutionState, WorkflowRunner } from '../../ports/index.ts';
import { type PostAnswer, post } from '../../post.ts';

const Execution = z.looseObject({ name: z.string() });

/**
 * The states that tell something. UNAVAILABLE (Google cannot read its own record, as when a customer’s key is withdrawn),
 * STATE_UNSPECIFIED and what may come later tell nothing.
 */
const states: Readonly<Record<string, ExecutionState>> = {
  ACTIVE: 'active',
  QUEUED: 'active',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};
const StateAnswer = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.looseObject({ state: z.string() }));
const timeoutMs = 30_000;

const failed = (status: number, text: string): AtlasError =>
  new AtlasError(
    status === 404 ? 'not_found' : 'store_unavailable',
    `The workflow engine answered ${status}: ${text.slice(0, 300)}`,
  );

/**
 * Google’s Workflows Executions API over REST; the local executor answers the same calls, so this is the client in every
 * mode. `baseUrl` is https://workflowexecutions.googleapis.com in the cloud.
 */
export function restWorkflowRunner(options: {
  baseUrl: () => string;
  parent: string;
  token: () => Promise<string>;
}): WorkflowRunner {
  const send = async (path: string, body: unknown, unreachable: ErrorCode): Promise<PostAnswer> =>
    post(`${options.baseUrl()}${path}`, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await options.token()}` },
      body: JSON.stringify(body),
      timeoutMs,
    }).catch((cause: unknown) => {
      throw new AtlasError(unreachable, 'The workflow engine is not reachable.', { cause });
    });
  /** Arguments and results, which nobody asks for, are left out. */
  const ask = async (executionName: string): Promise<PostAnswer> => {
    try {
      const answer = await fetch(`${options.baseUrl()}/v1/${executionName}?view=BASIC`, {
        headers: { authorization: `Bearer ${await options.token()}` },
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (cause) {
      throw new AtlasError('store_unavailable', 'The workflow engine is not reachable.', { cause });
    }
  };
  const call = async (path: string, body: unknown): Promise<unknown> => {
    const { status, text } = await send(`/v1/${path}`, body, 'store_unavailable');
    if (status >= 300) throw failed(status, text);
    return JSON.parse(text);
  };
  return {
    async answer(callbackUrl, answer) {
      const { pathname, search } = new URL(callbackUrl);
      const { status } = await send(`${pathname}${search}`, answer, 'callback_failed');
      // 404: the execution has ended; 429: an answer is there already. Neither gets better by sending again.
      if (status < 300 || status === 404 || status === 429) return;
      throw new AtlasError('callback_failed', `The workflow engine answered ${status}.`);
    },
    async start(workflowId, argument) {
      const answer = await call(`${options.parent}/workflows/${workflowId}/executions`, {
        argument: JSON.stringify(argument),
      });
      return Execution.parse(answer).name;
    },
    async cancel(executionName) {
      const { status, text } = await send(`/v1/${executionName}:cancel`, {}, 'store_unavailable');
      // 404: there is none; 400: it has ended. The request has nothing else that could be wrong.
      if (status < 300 || status === 404 || status === 400) return;
      throw failed(status, text);
    },
    async state(executionName) {
      const { status, text } = await ask(executionName);
      if (status === 404) return 'gone';
      if (status >= 300) throw failed(status, text);
      const answer = StateAnswer.safeParse(text);
      const state = answer.success ? states[answer.data.state] : undefined;
      if (state === undefined) {
        throw new AtlasError('store_unavailable', `How ${executionName} stands cannot be told: ${text.slice(0, 300)}`);
      }
      return state;
    },
    nameOf: (workflowId, executionId) => `${options.parent}/workflows/${workflowId}/executions/${executionId}`,
  };
}
