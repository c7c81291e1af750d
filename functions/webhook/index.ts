import { cloudEvent } from '@google-cloud/functions-framework';
import { deployedDeps } from '../deps.ts';
import { onFirstUse } from '../on-first-use.ts';
import { webhookFunction } from './webhook.ts';

cloudEvent(
  'webhook',
  onFirstUse(() => webhookFunction(deployedDeps(process.env))),
);
