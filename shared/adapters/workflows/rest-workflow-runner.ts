import { z } from 'zod';
import { AtlasError, type ErrorCode } from '../../errors.ts';
import type { WorkflowRunner } from '../../ports/index.ts';
import { type PostAnswer, post } from '../../post.ts';

const Execution = z.looseObject({ name: z.string() });

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
      timeoutMs: 30_000,
    }).catch((cause: unknown) => {
      throw new AtlasError(unreachable, 'The workflow engine is not reachable.', { cause });
    });
  const call = async (path: string, body: unknown): Promise<unknown> => {
    const { status, text } = await send(`/v1/${path}`, body, 'store_unavailable');
    if (status >= 300) {
      const code = status === 404 ? 'not_found' : 'store_unavailable';
      throw new AtlasError(code, `The workflow engine answered ${status}: ${text.slice(0, 300)}`);
    }
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
      await call(`${executionName}:cancel`, {}).catch((error: unknown) => {
        if (!(error instanceof AtlasError && error.code === 'not_found')) throw error;
      });
    },
  };
}
