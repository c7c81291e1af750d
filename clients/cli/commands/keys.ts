import type { Command } from 'commander';
import { readConfig } from '../../../shared/config.ts';
import { table } from '../summary.ts';

async function create(options: { name: string; tenant?: string; json?: boolean }): Promise<void> {
  const { createLocalKey } = await import('../../../infra/local/keys.ts');
  const made = await createLocalKey(readConfig(process.env), options);
  process.stdout.write(
    options.json
      ? `${JSON.stringify(made, null, 2)}\n`
      : `${made.key}\n  Key ${made.keyId} of tenant ${made.tenantId}. It is shown only now; Atlas keeps its hash.\n`,
  );
}

async function list(options: { json?: boolean }): Promise<void> {
  const { listLocalKeys } = await import('../../../infra/local/keys.ts');
  const keys = await listLocalKeys(readConfig(process.env));
  const rows = keys.map(({ id, tenantId, name, createdAt, revokedAt }) => [
    id,
    tenantId,
    name,
    createdAt,
    revokedAt ?? '',
  ]);
  process.stdout.write(
    options.json
      ? `${JSON.stringify(keys, null, 2)}\n`
      : table([['key', 'tenant', 'name', 'created', 'revoked'], ...rows]),
  );
}

async function revoke(keyId: string): Promise<void> {
  const { revokeLocalKey } = await import('../../../infra/local/keys.ts');
  await revokeLocalKey(readConfig(process.env), keyId);
  process.stdout.write(`Key ${keyId} is revoked.\n`);
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('make, list and revoke API keys of the local mode');
  keys
    .command('create')
    .description('make a key; a new tenant unless one is named')
    .requiredOption('-n, --name <name>', 'what the key is for')
    .option('--tenant <id>', 'tenant that the key belongs to')
    .option('--json', 'print JSON')
    .action(create);
  keys.command('list').description('list keys').option('--json', 'print JSON').action(list);
  keys.command('revoke').description('revoke a key').argument('<id>', 'key_…').action(revoke);
}
