import { http } from '@google-cloud/functions-framework';
import { deployedDeps } from '../deps.ts';
import { onFirstUse } from '../on-first-use.ts';
import { claimFunction } from './claim.ts';

http(
  'claim',
  onFirstUse(() => claimFunction(deployedDeps(process.env))),
);
