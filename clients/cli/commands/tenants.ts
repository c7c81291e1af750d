import { type Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../../../shared/config.ts';
import { TenantLimits } from '../../../shared/schema/index.ts';
import { table } from '../summary.ts';

const local = () => import('../../../infra/local/tenants.ts');
const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

type LimitName = keyof TenantLimits;
const limitNames = Object.keys(TenantLimits.shape) as LimitName[];
const optionOf = (name: LimitName): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function list(options: { json?: boolean }): Promise<void> {
  const tenants = await (await local()).listAllTenants(readConfig(process.env));
  const rows = tenants.map(({ id, limits, deletingAt }) => [id, Object.keys(limits ?? {}).join(','), deletingAt ?? '']);
  if (options.json) print(tenants);
  else process.stdout.write(table([['tenant', 'limits of its own', 'deletion'], ...rows]));
}

async function show(tenantId: string, options: { json?: boolean }): Promise<void> {
  const { report, ...tenant } = await (await local()).showTenant(readConfig(process.env), tenantId);
  if (options.json) {
    print({ ...tenant, report });
    return;
  }
  const { retentionDays, requestsPerMinute, ...counted } = report;
  const rows = [
    ...Object.entries(counted).map(([name, { limit, used }]) => [name, String(limit), String(used)]),
    ['requestsPerMinute', String(requestsPerMinute.limit), 'counted by each server'],
    ['uploadRetentionDays', String(retentionDays.uploads), ''],
    ['fileRetentionDays', String(retentionDays.files), ''],
  ];
  process.stdout.write(table([['limit', 'allowed', 'used'], ...rows]));
}

/** A whole number, or `default`, which takes the tenant back to the limit that stands for all. */
const limitFrom =
  (name: LimitName) =>
  (text: string): number | 'default' => {
    if (text === 'default') return text;
    const value = TenantLimits.shape[name].safeParse(text === '' ? Number.NaN : Number(text));
    if (!value.success) throw new InvalidArgumentError(`${value.error.issues[0]?.message}; or: default`);
    return value.data;
  };

async function setLimits(
  tenantId: string,
  options: { [name in LimitName]?: number | 'default' } & { json?: boolean },
): Promise<void> {
  const { json, ...given } = options;
  const changes = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === 'default' ? null : value]),
  );
  if (Object.keys(changes).length === 0)
    throw new Error('Name a limit to change, see atlas tenants set-limits --help.');
  const { changeLimits } = await local();
  const tenant = await changeLimits(readConfig(process.env), tenantId, changes);
  if (json) print(tenant);
  else process.stdout.write(`Limits of ${tenantId}: ${JSON.stringify(tenant.limits)}; the defaults for the rest.\n`);
}

async function remove(tenantId: string, options: { yes?: boolean; json?: boolean }): Promise<void> {
  if (!options.yes) throw new Error(`This deletes all files, jobs and records of ${tenantId}. Repeat it with --yes.`);
  const done = await (await local()).removeTenant(readConfig(process.env), tenantId);
  if (options.json) print(done);
  else {
    process.stdout.write(
      `Tenant ${tenantId} is deleted: ${done.documents} documents, ${done.objects} files (${done.objectBytes} bytes), ` +
        `${done.messages} messages, ${done.executions} executions.\n`,
    );
  }
}

export function addTenants(program: Command): void {
  const tenants = program.command('tenants').description('tenants: limits, use, deletion');
  tenants.command('list').description('list tenants').option('--json', 'print JSON').action(list);
  tenants
    .command('show')
    .description('limits of a tenant, and what is used of them')
    .argument('<id>', 'ten_…')
    .option('--json', 'print JSON')
    .action(show);
  const set = tenants.command('set-limits').description('change limits of a tenant').argument('<id>', 'ten_…');
  for (const name of limitNames) {
    const text = TenantLimits.shape[name].description ?? '';
    set.option(`--${optionOf(name)} <n>`, `${text} Or: default.`, limitFrom(name));
  }
  set.option('--json', 'print JSON').action(setLimits);
  tenants
    .command('delete')
    .description('delete a tenant with all that it has; cut off, it goes on when it is repeated')
    .argument('<id>', 'ten_…')
    .option('--yes', 'really')
    .option('--json', 'print JSON')
    .action(remove);
}
