import { Command } from 'commander';
import { ZodError, z } from 'zod';
import { addCheck } from './commands/check.ts';
import { addInspect } from './commands/inspect.ts';
import { addJobs } from './commands/jobs.ts';
import { addKeys } from './commands/keys.ts';
import { addProduce } from './commands/produce.ts';
import { addProfiles } from './commands/profiles.ts';
import { addServe } from './commands/serve.ts';
import { addVerify } from './commands/verify.ts';

const program = new Command('atlas')
  .description('Turns raw AI-generated 3D into files that a studio can ship.')
  .version('0.1.0')
  .showHelpAfterError('(see atlas --help)')
  .addHelpText(
    'after',
    `
Exit codes:  0 delivered · 2 rejected by the gate · 1 error
Settings:    ATLAS_HOME  folder of the local mode (default .atlas)
             ATLAS_URL, ATLAS_API_KEY  talk to a server instead
             ATLAS_LOG   DEBUG, INFO, WARNING or ERROR`,
  );

for (const add of [addProduce, addServe, addInspect, addCheck, addProfiles, addVerify, addJobs, addKeys]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  const message =
    error instanceof ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
  process.stderr.write(`atlas: ${message}\n`);
  process.exitCode = 1;
}
