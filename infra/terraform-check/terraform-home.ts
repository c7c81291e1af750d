import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { z } from 'zod';

const check = resolve('infra', 'terraform-check');

/** A place of its own for Terraform to work in: copies of the configuration, and the schema-only provider as its mirror. */
export interface TerraformHome {
  /** Copy of infra/terraform, beside a copy of workflows/ where it expects that. */
  readonly root: string;
  /** What Terraform has to be started with. */
  readonly env: NodeJS.ProcessEnv;
  /** A further copy, to be changed. */
  copy(name: string): string;
  remove(): void;
}

const platforms: Record<string, string> = { 'linux-x64': 'linux_amd64', 'linux-arm64': 'linux_arm64' };
const platform = (): string =>
  platforms[`${process.platform}-${process.arch}`] ?? `${process.platform}_${process.arch.replace('x64', 'amd64')}`;

/** Bundled packages ask for `require`, which an ES module does not have. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * The file that Terraform takes for the provider: it starts provider.mjs, which is bundled with its packages beside the
 * schema. Terraform starts it hundreds of times, each time faster than with its packages apart.
 */
async function installProvider(home: string): Promise<void> {
  const place = join(home, 'provider');
  await build({
    entryPoints: [join(check, 'provider.mjs')],
    outdir: place,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: banner },
    logLevel: 'warning',
  });
  for (const file of ['google-schema.json', 'plugin.proto']) cpSync(join(check, file), join(place, file));
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(place, 'google-schema.json'), 'utf8')));
  const folder = join(home, 'mirror', 'registry.terraform.io', 'hashicorp', 'google', version, platform());
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `terraform-provider-google_v${version}_x5`);
  const url = pathToFileURL(join(place, 'provider.mjs')).href;
  writeFileSync(file, `#!${process.execPath}\nimport(${JSON.stringify(url)});\n`);
  chmodSync(file, 0o755);
}

/** Makes the place in the system's temporary folder; the repository is only read. */
export async function terraformHome(): Promise<TerraformHome> {
  const home = mkdtempSync(join(tmpdir(), 'atlas-terraform-'));
  await installProvider(home);
  const config = join(home, 'terraform.rc');
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror { path = ${JSON.stringify(join(home, 'mirror'))} }\n}\n`,
  );
  const copy = (name: string): string => {
    const folder = join(home, name);
    cpSync(resolve('infra', 'terraform'), join(folder, 'infra', 'terraform'), {
      recursive: true,
      filter: (path) => !path.includes('.terraform'),
    });
    for (const file of ['produce-asset.yaml', 'smoke.yaml']) {
      cpSync(resolve('workflows', file), join(folder, 'workflows', file));
    }
    return join(folder, 'infra', 'terraform');
  };
  return {
    root: copy('as-it-is'),
    env: {
      ...process.env,
      TF_CLI_CONFIG_FILE: config,
      TF_DISABLE_PLUGIN_TLS: '1',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      CHECKPOINT_DISABLE: '1',
    },
    copy,
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
