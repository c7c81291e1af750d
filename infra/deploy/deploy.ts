import { setDeliveries } from './deliveries.ts';
import { writeEnvironment } from './environment.ts';
import { estimateLines } from './estimate.ts';
import { namesOf, type Options } from './options.ts';
import { permissionsNeeded } from './permissions.ts';
import type { World } from './ports.ts';
import { preflight } from './preflight.ts';
import { ask, runSteps, StepFailed } from './run-steps.ts';
import { firstVersions } from './secrets.ts';
import {
  applyStep,
  bundleStep,
  commandLine,
  destroySteps,
  digestStep,
  firstSteps,
  foundationSteps,
  imageStep,
  numberStep,
  outputStep,
  planStep,
  revisionStep,
  type Step,
  trafficSteps,
} from './steps.ts';

type WriteEnvironment = typeof writeEnvironment;

const showSteps = (world: World, steps: readonly Step[]): void => {
  for (const step of steps) world.print(`  ${step.title}\n    ${commandLine(step)}`);
};

/** Everything that would be done, without a network and without a program being started. */
function showDeployment(world: World, options: Options): void {
  world.print(`Nothing is done. Into project ${options.project}, region ${options.region}, this would be deployed:`);
  showSteps(world, [
    ...firstSteps(options),
    ...foundationSteps(options),
    ...(options.image ? [] : [imageStep(options), digestStep(options)]),
    planStep,
    applyStep,
    outputStep,
  ]);
  world.print(
    '  Give each secret without a value a random one\n    POST https://secretmanager.googleapis.com/v1/projects/…/secrets/…:addVersion',
  );
  world.print(
    '  Give each trigger’s subscription its dead-letter topic\n    PATCH https://pubsub.googleapis.com/v1/projects/…/subscriptions/…',
  );
  showSteps(world, [revisionStep(options), ...trafficSteps(options, '<project number>', '<revision>')]);
  world.print('You need these permissions in the project:');
  for (const [purpose, names] of Object.entries(permissionsNeeded)) world.print(`  to ${purpose}: ${names.join(', ')}`);
  for (const line of estimateLines()) world.print(line);
}

async function release(
  world: World,
  options: Options,
  found: { token: string; projectNumber: string },
  write: WriteEnvironment,
): Promise<boolean> {
  await runSteps(world, firstSteps(options));
  write(options, found.projectNumber);
  await runSteps(world, foundationSteps(options));
  let { image } = options;
  if (!image) {
    await runSteps(world, [imageStep(options)]);
    image = await ask(world, digestStep(options));
  }
  write(options, found.projectNumber, image);
  await runSteps(world, [planStep]);
  if (!options.yes && !(await world.confirm('Apply this plan?'))) return false;
  await runSteps(world, [applyStep]);
  const valueless = await firstVersions(world, found.token, options.project);
  if (valueless.length > 0) throw new Error(`Secrets have no values:\n${valueless.join('\n')}`);
  const problems = await setDeliveries(world, found.token, await ask(world, outputStep), options.project);
  if (problems.length > 0) throw new Error(`Dead letters are not set everywhere:\n${problems.join('\n')}`);
  await runSteps(world, trafficSteps(options, found.projectNumber, await ask(world, revisionStep(options))));
  return true;
}

/**
 * Deploys Atlas into a project: looks first, tells the cost, asks, makes it, and lets the new revision answer before it
 * gets traffic. Starting again after a failure goes on where it stopped.
 *
 * @returns the exit code
 */
export async function deploy(
  world: World,
  options: Options,
  write: WriteEnvironment = writeEnvironment,
): Promise<number> {
  if (options.dryRun) {
    showDeployment(world, options);
    return 0;
  }
  const found = await preflight(world, options);
  if (!found.ok) {
    world.print(
      ['Nothing has been changed. This stands in the way:', ...found.problems.map((line) => `  ${line}`)].join('\n'),
    );
    return 1;
  }
  for (const line of [...found.warnings, ...estimateLines()]) world.print(line);
  if (!options.yes && !(await world.confirm(`Deploy to ${options.project}?`))) return 0;
  try {
    if (!(await release(world, options, found, write))) return 0;
  } catch (error) {
    world.print(error instanceof Error ? error.message : String(error));
    return 1;
  }
  world.print(
    `Deployed. Point ${options.domain} at the address above; its certificate takes up to an hour after that.`,
  );
  return 0;
}

/** Takes a deployment away, data included. @returns the exit code */
export async function destroy(
  world: World,
  options: Options,
  write: WriteEnvironment = writeEnvironment,
): Promise<number> {
  const kept = `gs://${namesOf(options).stateBucket} and the key that signs receipts`;
  if (options.dryRun) {
    world.print(`Nothing is done. This would take Atlas out of ${options.project}; ${kept} would stay:`);
    showSteps(world, [bundleStep, numberStep(options), ...destroySteps()]);
    return 0;
  }
  if (!options.deleteData) {
    world.print('All assets, jobs and usage records go for good. Say so: --delete-data');
    return 1;
  }
  if (!options.yes && !(await world.confirm(`Delete Atlas and all its data from ${options.project}?`))) return 0;
  try {
    await runSteps(world, [bundleStep]);
    write(options, await ask(world, numberStep(options)));
    await runSteps(world, destroySteps());
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    world.print(error.message);
    return 1;
  }
  world.print(`Gone, but for ${kept}.`);
  return 0;
}
