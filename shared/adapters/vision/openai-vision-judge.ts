import { setTimeout as sleep } from 'node:timers/promises';
import type { VisionAllowance, VisionAnswer, VisionJudge, VisionQuestion } from '../../ports/index.ts';
import type { NoVoteReason } from '../../schema/index.ts';
import { admitVisionUrl } from './admit-vision-url.ts';
import { completionRequest, costAtMost, costOf, readCompletion, type VisionPrice } from './completion.ts';
import { postOnce } from './post-once.ts';

export interface OpenAiVisionOptions {
  /** Base URL such as https://host/v1, from the operator’s settings. */
  readonly url: string;
  readonly model: string;
  /** Asked before each request; absent: none is sent. Never logged. */
  readonly token?: (() => Promise<string>) | undefined;
  readonly price?: VisionPrice | undefined;
  /** Of one request. */
  readonly timeoutMs?: number;
  readonly answerBytes?: number;
  readonly answerTokens?: number;
  /** Before the second request; doubled before each further one, and scattered by half. */
  readonly firstWaitMs?: number;
  readonly random?: () => number;
}

/** The longest wait that an endpoint may ask for. */
const longestWaitMs = 10_000;

/**
 * A model behind any endpoint that speaks OpenAI’s chat completions with pictures (vLLM, OpenAI, Vertex AI and others).
 * Requests that may pass (429, 5xx, no connection) are repeated within the allowance; an answer that came but does not
 * count is not asked for again. Costs follow the endpoint’s own count of tokens; without one, the most they can be.
 *
 * @throws AtlasError invalid_request for a URL that may not be used
 */
export function openAiVisionJudge(options: OpenAiVisionOptions): VisionJudge {
  const { model, token, price, timeoutMs = 30_000, answerBytes = 65_536, answerTokens = 1500 } = options;
  const { firstWaitMs = 500, random = Math.random } = options;
  const url = admitVisionUrl(options.url, token !== undefined);

  async function exchange(body: string, allowance: VisionAllowance) {
    const sent = { body, token: await token?.() };
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), allowance.signal]);
    return postOnce(url, sent, { signal, answerBytes });
  }

  /** @returns whether the wait ended by itself */
  async function wait(tries: number, askedMs: number, signal: AbortSignal): Promise<boolean> {
    const backOffMs = firstWaitMs * 2 ** (tries - 1) * (0.5 + random());
    const ms = Math.min(longestWaitMs, Math.max(backOffMs, askedMs));
    return sleep(ms, true, { signal }).catch(() => false);
  }

  function read(body: string, atMost: number, calls: number): VisionAnswer {
    const completion = readCompletion(body);
    const usage = completion?.usage;
    const costMicroUsd = price ? (usage ? costOf(price, usage.input, usage.output) : atMost) : null;
    const none = (reason: NoVoteReason): VisionAnswer => ({ status: 'no_answer', reason, calls, costMicroUsd });
    if (!completion) return none('malformed');
    if (completion.isCutOff) return none('cut_off');
    if (completion.text === undefined) return none('malformed');
    return { status: 'answered', text: completion.text, calls, costMicroUsd };
  }

  async function ask(question: VisionQuestion, allowance: VisionAllowance): Promise<VisionAnswer> {
    const atMost = price ? costAtMost(price, question, answerTokens) : 0;
    let calls = 0;
    const none = (reason: NoVoteReason, billed: boolean): VisionAnswer => ({
      ...{ status: 'no_answer', reason, calls },
      costMicroUsd: price ? (billed ? atMost : 0) : null,
    });
    if (allowance.signal.aborted) return none('timed_out', false);
    if (allowance.calls < 1 || (price && atMost > (allowance.microUsd ?? Infinity))) return none('budget_spent', false);
    const body = completionRequest(model, question, answerTokens);
    for (;;) {
      const result = await exchange(body, allowance).catch(() => undefined);
      // No token could be had.
      if (result === undefined) return none('refused', false);
      calls++;
      if (result.kind === 'body') return read(result.body, atMost, calls);
      if (result.kind === 'failed') return none(result.reason, result.mayBeBilled);
      if (calls >= allowance.calls) return none(result.reason, false);
      if (!(await wait(calls, result.waitMs, allowance.signal))) return none('timed_out', false);
    }
  }

  return { model, ask };
}
