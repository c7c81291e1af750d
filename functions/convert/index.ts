import { cloudEvent } from '@google-cloud/functions-framework';
import { deployedDeps } from '../deps.ts';
import { stageFunction } from '../event-function.ts';
import { onFirstUse } from '../on-first-use.ts';
import { convert } from './convert.ts';

cloudEvent(
  'convert',
  onFirstUse(() => stageFunction(deployedDeps(process.env), convert)),
);
