import { deployPrivate } from '../deploy-private.ts';
import { claimFunction } from './claim.ts';

deployPrivate('claim', claimFunction);
