import { deployEvents } from '../deploy-private.ts';
import { settleFunction } from './settle.ts';

deployEvents('settle', settleFunction);
