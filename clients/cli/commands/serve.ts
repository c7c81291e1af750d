import type { Command } from 'commander';
import { readConfig } from '../../../shared/config.ts';

async function serve(options: { port?: string; host?: string }): Promise<void> {
  const config = readConfig({
    ...process.env,
    ...(options.port ? { ATLAS_PORT: options.port } : {}),
    ...(options.host ? { ATLAS_HOST: options.host } : {}),
  });
  const { embeddedAtlas, localKeyPath } = await import('../../../infra/local/embedded.ts');
  const atlas = await embeddedAtlas(config);
  process.stdout.write(
    `Atlas is ready at ${atlas.url}\n` +
      `  API description  ${atlas.url}/openapi.json\n` +
      `  API key          in ${config.home}/${localKeyPath}\n` +
      `  State            ${config.home}\n`,
  );
  const stop = (): void => {
    process.stdout.write('Stopping; jobs under way go on at the next start.\n');
    void atlas.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the whole of Atlas on this machine: API, functions, workflows and stores on one port')
    .option('-p, --port <port>', 'port (default 4600)')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .action(serve);
}
