import { deployEvents } from '../deploy-private.ts';
import { stageFunction } from '../event-function.ts';
import { convert } from './convert.ts';

deployEvents('convert', (deps) => stageFunction(deps, convert));
