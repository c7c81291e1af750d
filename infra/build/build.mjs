// Bundles everything that runs into dist/: the command line, the worker thread, the scoring job, the benches.
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { googleClients } from './google-clients.mjs';
import { writeSbom } from './sbom.mjs';
import { sourceStamp } from './source-stamp.mjs';

// Packages that carry binaries or WASM of their own, or that only some commands load.
const external = [
  ...googleClients,
  'sharp',
  'esbuild',
  '@photostructure/sqlite',
  'draco3dgltf',
  'gltf-validator',
  'meshoptimizer',
  '@gltf-transform/*',
];

// Bundled CommonJS packages ask for `require`, which an ES module does not have.
const banner =
  "import { createRequire as atlasCreateRequire } from 'node:module'; const require = atlasCreateRequire(import.meta.url);";

const entryPoints = {
  atlas: 'clients/cli/main.ts',
  demo: 'infra/demo/demo.ts',
  bench: 'infra/bench/bench.ts',
  'convert-only': 'infra/bench/convert-only.ts',
  'crash-test': 'infra/crash/main.ts',
  'emulator-tests': 'infra/emulators/main.ts',
  corpus: 'infra/corpus/main.ts',
  'verdict-sheet': 'infra/corpus/sheet.ts',
  'terraform-check': 'infra/terraform-check/main.ts',
  deploy: 'infra/deploy/main.ts',
  'engine-thread': 'functions/engine/thread.ts',
  'score-job': 'functions/score-job/main.ts',
  'model-process': 'shared/adapters/onnx/onnx-process.ts',
  'storage-emulator': 'infra/emulators/storage-emulator.ts',
};
for (const name of ['api', 'claim', 'dispatch', 'refine', 'convert', 'gate', 'settle', 'webhook', 'sweep']) {
  entryPoints[`functions/${name}`] = `functions/${name}/index.ts`;
}

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  banner: { js: banner },
  external,
  alias: { domain: './infra/build/no-domain.mjs' },
  logLevel: 'warning',
});
for (const file of readdirSync('workflows')) {
  if (file.endsWith('.yaml')) cpSync(`workflows/${file}`, `dist/workflows/${file}`);
}
writeSbom();
writeFileSync('dist/.stamp', sourceStamp());
