import { http } from '@google-cloud/functions-framework';
import { apiHandler } from './api/api.ts';
import { claimFunction } from './claim/claim.ts';
import type { Deps } from './context.ts';
import { convert } from './convert/convert.ts';
import { dispatch } from './dispatch/dispatch.ts';
import { eventEndpoint } from './event-endpoint.ts';
import { stageFunction } from './event-function.ts';
import { gate } from './gate/gate.ts';
import { refine } from './refine/refine.ts';
import { settleFunction } from './settle/settle.ts';
import { sweepFunction } from './sweep/sweep.ts';
import { webhookFunction } from './webhook/webhook.ts';

/** Names under which the functions are registered, deployed and called. */
export const functionNames = [
  'api',
  'claim',
  'dispatch',
  'refine',
  'convert',
  'gate',
  'settle',
  'webhook',
  'sweep',
] as const;

/** Registers every function with the Functions Framework. */
export function registerFunctions(deps: Deps): void {
  const events = (handle: Parameters<typeof eventEndpoint>[1]) => eventEndpoint(deps.log, handle);
  http('api', apiHandler(deps));
  http('claim', claimFunction(deps));
  http('sweep', sweepFunction(deps));
  http('dispatch', events(stageFunction(deps, dispatch)));
  http('refine', events(stageFunction(deps, refine)));
  http('convert', events(stageFunction(deps, convert)));
  http('gate', events(stageFunction(deps, gate)));
  http('settle', events(settleFunction(deps)));
  http('webhook', events(webhookFunction(deps)));
}
