import { deployEvents } from '../deploy-private.ts';
import { stageFunction } from '../event-function.ts';
import { refine } from './refine.ts';

deployEvents('refine', (deps) => stageFunction(deps, refine));
