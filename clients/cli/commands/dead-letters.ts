import type { Command } from 'commander';
import { readConfig } from '../../../shared/config.ts';
import { table } from '../summary.ts';

const local = () => import('../../../infra/local/dead-letters.ts');
const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

async function list(options: { json?: boolean }): Promise<void> {
  const letters = await (await local()).listDeadLetters(readConfig(process.env));
  const rows = letters.map(({ id, topic, publishTime, attempts, payload }) => [
    ...[id, topic, publishTime, String(attempts)],
    typeof payload === 'string' ? payload : (payload.jobId ?? payload.deliveryId ?? ''),
  ]);
  if (options.json) print(letters);
  else process.stdout.write(table([['message', 'topic', 'published', 'attempts', 'about'], ...rows]));
}

async function show(id: string): Promise<void> {
  print(await (await local()).showDeadLetter(readConfig(process.env), id));
}

async function replay(id: string): Promise<void> {
  await (await local()).replayDeadLetter(readConfig(process.env), id);
  process.stdout.write(`Message ${id} is back on its topic; it is delivered within half a minute.\n`);
}

async function drop(id: string, options: { yes?: boolean }): Promise<void> {
  if (!options.yes) throw new Error(`This forgets message ${id} for good. Repeat it with --yes.`);
  await (await local()).dropDeadLetter(readConfig(process.env), id);
  process.stdout.write(`Message ${id} is dropped.\n`);
}

export function addDeadLetters(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('messages that were delivered in vain as often as is allowed');
  letters.command('list').description('list them').option('--json', 'print JSON').action(list);
  letters.command('show').description('one, without its content').argument('<id>', 'as listed').action(show);
  letters.command('replay').description('deliver one again').argument('<id>', 'as listed').action(replay);
  letters
    .command('drop')
    .description('forget one')
    .argument('<id>', 'as listed')
    .option('--yes', 'really')
    .action(drop);
}
