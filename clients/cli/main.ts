import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addCheck } from './commands/check.ts';
import { addDeadLetters } from './commands/dead-letters.ts';
import { addDuel } from './commands/duel.ts';
import { addInspect } from './commands/inspect.ts';
import { addJobs } from './commands/jobs.ts';
import { addKeys } from './commands/keys.ts';
import { addPolicy } from './commands/policy.ts';
import { addPresent } from './commands/present.ts';
import { addProduce } from './commands/produce.ts';
import { addProfiles } from './commands/profiles.ts';
import { addReview } from './commands/review.ts';
import { addScore } from './commands/score.ts';
import { addServe } from './commands/serve.ts';
import { addTenants } from './commands/tenants.ts';
import { addVerify } from './commands/verify.ts';
import { describeFailure } from './describe-failure.ts';

const program = new Command('atlas')
  .description('Turns raw AI-generated 3D into files that a studio can ship.')
  .version(manifest.version)
  .showHelpAfterError('(see atlas --help)')
  .addHelpText(
    'after',
    `
Exit codes:  0 delivered · 2 rejected by the gate · 1 error
Settings:    ATLAS_HOME  folder of the local mode (default .atlas)
             ATLAS_URL, ATLAS_API_KEY  talk to a server instead
             ATLAS_LOG   DEBUG, INFO, WARNING or ERROR`,
  );

const commands = [
  addProduce,
  addServe,
  addInspect,
  addCheck,
  addDuel,
  addScore,
  addPresent,
  addProfiles,
  addVerify,
  addJobs,
];
const tenantCommands = [addPolicy, addReview];
const operatorCommands = [addKeys, addTenants, addDeadLetters];
for (const add of [...commands, ...tenantCommands, ...operatorCommands]) add(program);

try {
  await program.parseAsync();
} catch (thrown) {
  const error = describeFailure(thrown);
  const where = error.pointer ? ` at ${error.pointer}` : '';
  process.stderr.write(`atlas: ${[error.message, error.remedy].filter(Boolean).join(' ')} (${error.code}${where})\n`);
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
  process.exitCode = 1;
}
