import type { World } from './ports.ts';
import { recogniseError } from './recognise-error.ts';
import { commandLine, type Step } from './steps.ts';

/** A step did not do what it is for; the message tells what to do about it. */
export class StepFailed extends Error {
  constructor(step: Step, output: string) {
    const explained = recogniseError(output);
    const lines = explained
      ? [`${step.title} failed: ${explained.problem}`, `  ${explained.remedy}`]
      : [
          `${step.title} failed. The command was: ${commandLine(step)}`,
          '  What has been made stays; start again when it is mended.',
        ];
    super(lines.join('\n'));
    this.name = 'StepFailed';
  }
}

/** Runs steps in order, where the operator sees them. @throws StepFailed */
export async function runSteps(world: World, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    world.print(`▶ ${step.title}: ${commandLine(step)}`);
    const { code, stderr } = await world.show(step.command, step.args, step.cwd);
    if (code !== 0 && !step.mayFail?.test(stderr)) throw new StepFailed(step, stderr);
  }
}

/** Runs one step for what it says. @throws StepFailed */
export async function ask(world: World, step: Step): Promise<string> {
  const { code, stdout, stderr } = await world.run(step.command, step.args, step.cwd);
  if (code !== 0 || stdout.trim() === '') throw new StepFailed(step, stderr);
  return stdout.trim();
}
