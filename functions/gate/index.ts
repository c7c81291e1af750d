import { cloudEvent } from '@google-cloud/functions-framework';
import { deployedDeps } from '../deps.ts';
import { stageFunction } from '../event-function.ts';
import { onFirstUse } from '../on-first-use.ts';
import { gate } from './gate.ts';

cloudEvent(
  'gate',
  onFirstUse(() => stageFunction(deployedDeps(process.env), gate)),
);
