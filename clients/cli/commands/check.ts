import type { Command } from 'commander';

async function check(file: string, options: { target: string; json?: boolean }): Promise<void> {
  const { checkFile } = await import('../../../infra/local/examine.ts');
  const report = await checkFile(file, options.target);
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    for (const { severity, code, message, remedy } of report.findings) {
      process.stdout.write(`${severity.padEnd(8)} ${code}: ${message}${remedy ? ` ${remedy}` : ''}\n`);
    }
    process.stdout.write(`${report.verdict} for ${report.profile} (rules of ${report.profileVersion})\n`);
  }
  if (report.verdict === 'rejected') process.exitCode = 2;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('prove a file against a target’s rules, as it is')
    .argument('<file>', 'GLB')
    .requiredOption('-t, --target <profile>', 'target profile (see atlas profiles)')
    .option('--json', 'print the report as JSON')
    .action(check);
}
