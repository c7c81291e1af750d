import { cloudEvent } from '@google-cloud/functions-framework';
import { deployedDeps } from '../deps.ts';
import { onFirstUse } from '../on-first-use.ts';
import { settleFunction } from './settle.ts';

cloudEvent(
  'settle',
  onFirstUse(() => settleFunction(deployedDeps(process.env))),
);
