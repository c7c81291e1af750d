import { cloudEvent } from '@google-cloud/functions-framework';
import { deployedDeps } from '../deps.ts';
import { stageFunction } from '../event-function.ts';
import { onFirstUse } from '../on-first-use.ts';
import { refine } from './refine.ts';

cloudEvent(
  'refine',
  onFirstUse(() => stageFunction(deployedDeps(process.env), refine)),
);
