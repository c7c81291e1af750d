import { deployEvents } from '../deploy-private.ts';
import { stageFunction } from '../event-function.ts';
import { dispatch } from './dispatch.ts';

deployEvents('dispatch', (deps) => stageFunction(deps, dispatch));
