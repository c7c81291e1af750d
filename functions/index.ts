import { cloudEvent, http } from '@google-cloud/functions-framework';
import { apiHandler } from './api/api.ts';
import { claimFunction } from './claim/claim.ts';
import type { Deps } from './context.ts';
import { convert } from './convert/convert.ts';
import { dispatch } from './dispatch/dispatch.ts';
import { stageFunction } from './event-function.ts';
import { gate } from './gate/gate.ts';
import { refine } from './refine/refine.ts';
import { settleFunction } from './settle/settle.ts';
import { webhookFunction } from './webhook/webhook.ts';

/** Names under which the functions are registered, deployed and called. */
export const functionNames = ['api', 'claim', 'dispatch', 'refine', 'convert', 'gate', 'settle', 'webhook'] as const;

/** Registers every function with the Functions Framework. */
export function registerFunctions(deps: Deps): void {
  http('api', apiHandler(deps));
  http('claim', claimFunction(deps));
  cloudEvent('dispatch', stageFunction(deps, dispatch));
  cloudEvent('refine', stageFunction(deps, refine));
  cloudEvent('convert', stageFunction(deps, convert));
  cloudEvent('gate', stageFunction(deps, gate));
  cloudEvent('settle', settleFunction(deps));
  cloudEvent('webhook', webhookFunction(deps));
}
