import { deployEvents } from '../deploy-private.ts';
import { webhookFunction } from './webhook.ts';

deployEvents('webhook', webhookFunction);
