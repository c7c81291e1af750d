import { deployPrivate } from '../deploy-private.ts';
import { sweepFunction } from './sweep.ts';

deployPrivate('sweep', sweepFunction);
