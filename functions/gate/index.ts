import { deployEvents } from '../deploy-private.ts';
import { stageFunction } from '../event-function.ts';
import { gate } from './gate.ts';

deployEvents('gate', (deps) => stageFunction(deps, gate));
