import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiClient } from '../../clients/cli/api-client.ts';
import { exitCodeOf, produce } from '../../clients/cli/produce.ts';
import { progressOn } from '../../clients/cli/progress.ts';
import { summaryOf } from '../../clients/cli/summary.ts';
import { readConfig } from '../../shared/config.ts';
import { carelessMesh } from '../../shared/testing/careless-mesh.ts';
import { embeddedAtlas } from '../local/embedded.ts';

const targets = ['web', 'mobile-ar'];

/** Makes a raw mesh by code, as careless as a generator’s, and takes it through the whole chain for two targets. */
async function demo(): Promise<number> {
  const config = readConfig(process.env);
  const folder = join(config.home, 'demo');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'careless.glb');
  writeFileSync(file, carelessMesh({ seed: 1 }));
  process.stdout.write(`A careless raw mesh, made by code: ${file}\nTargets: ${targets.join(', ')}\n\n`);
  const atlas = await embeddedAtlas({ ...config, port: 0, logLevel: 'ERROR' });
  const progress = progressOn(process.stdout, 1 + 3 * targets.length, false);
  try {
    const result = await produce(apiClient(atlas), {
      file,
      request: { targets, candidates: 1 },
      out: join(folder, 'out'),
      onEvent: (event) => progress.show(event),
      signal: new AbortController().signal,
    });
    progress.end();
    process.stdout.write(
      `\n${summaryOf(result)}\nOpen the .glb files in any glTF viewer. Next: npm start, or clients/cli/bin/atlas.mjs --help\n`,
    );
    return exitCodeOf(result);
  } finally {
    progress.end();
    await atlas.close();
  }
}

process.exitCode = await demo();
