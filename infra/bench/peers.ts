import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Peers that Atlas is measured against, in fixed versions; they are no part of the product. */
const versions = { '@gltf-transform/cli': '4.5.1', gltfpack: '1.3.0' } as const;

export interface Peers {
  readonly gltfTransform: string;
  readonly gltfpack: string;
  readonly versions: typeof versions;
}

/** Installs the peers once into a folder of their own. */
export function installPeers(folder: string): Peers {
  const modules = join(folder, 'node_modules');
  const peers = {
    gltfTransform: join(modules, '@gltf-transform/cli/bin/cli.js'),
    gltfpack: join(modules, 'gltfpack/cli.js'),
    versions,
  };
  if (!existsSync(peers.gltfTransform) || !existsSync(peers.gltfpack)) {
    mkdirSync(folder, { recursive: true });
    const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
    const npm = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', ...wanted];
    execFileSync('npm', npm, { stdio: ['ignore', 2, 2] });
  }
  return peers;
}
