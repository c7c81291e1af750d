// `npm run bundle`: one folder and one zip a function, as the cloud builds them, in dist/deploy or the folder that is named. A bundle holds what its
// folder imports; packages with binaries stay outside and are pinned to what package-lock.json says. The same sources give
// the same zip, and its name carries the hash: nothing is deployed again that has not changed.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { googleClients } from '../build/google-clients.mjs';

const [out = 'dist/deploy'] = process.argv.slice(2);
const functions = ['api', 'claim', 'dispatch', 'refine', 'convert', 'gate', 'settle', 'webhook', 'sweep'];
/** Binaries, WASM of their own, and the framework, which has to be the same module as the one that starts the function. */
const external = [
  ...googleClients,
  '@google-cloud/functions-framework',
  '@photostructure/sqlite',
  '@gltf-transform/*',
  'draco3dgltf',
  'gltf-validator',
  'meshoptimizer',
  'sharp',
];
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
const banner =
  "import { createRequire as atlasCreateRequire } from 'node:module'; const require = atlasCreateRequire(import.meta.url);";

const packageOf = (path) => /^(?:@[^/]+\/)?[^/]+/.exec(path)[0];

/** Packages outside the bundles, with the versions of the lock file. */
function dependenciesOf(metafile) {
  const names = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ path, external: outside }) => outside && !isBuiltin(path))
    .map(({ path }) => packageOf(path))
    .filter((name) => `node_modules/${name}` in lock); // What is not installed is optional: esbuild fails on the rest.
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, lock[`node_modules/${name}`].version]));
}

async function bundle(name, entryPoints) {
  const folder = join(out, name === 'score-job' ? name : `functions/${name}`);
  const { metafile } = await build({
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true, // What is imported lazily stays a file of its own, read when it is needed.
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    banner: { js: banner },
    external,
    logLevel: 'warning',
  });
  const manifest = { name: `atlas-${name}`, private: true, type: 'module', main: 'index.mjs' };
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ ...manifest, engines: { node: '24' }, dependencies: dependenciesOf(metafile) }, null, 2)}\n`,
  );
  return folder;
}

/** Files in order of name, all of one date: a zip that depends on its contents alone. */
function zipOf(folder) {
  const files = readdirSync(folder).sort();
  const entries = files.map((file) => [file, [readFileSync(join(folder, file)), { mtime: '1980-01-01T00:00:00Z' }]]);
  return zipSync(Object.fromEntries(entries), { level: 9 });
}

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'zips'), { recursive: true });
const sources = {};
for (const name of functions) {
  const worker = readFileSync(`functions/${name}/index.ts`, 'utf8').includes('stageFunction') || name === 'api';
  const folder = await bundle(name, {
    index: `functions/${name}/index.ts`,
    ...(worker ? { 'engine-thread': 'functions/engine/thread.ts' } : {}),
  });
  const zip = zipOf(folder);
  const file = `${name}-${createHash('sha256').update(zip).digest('hex').slice(0, 16)}.zip`;
  writeFileSync(join(out, 'zips', file), zip);
  sources[name] = `functions/${file}`;
  console.log(`${name.padEnd(9)} ${(zip.byteLength / 1024).toFixed(0).padStart(6)} KB zipped`);
}
cpSync(
  'functions/score-job/Dockerfile',
  join(
    await bundle('score-job', {
      index: 'functions/score-job/main.ts',
      'engine-thread': 'functions/engine/thread.ts',
      'model-process': 'shared/adapters/onnx/onnx-process.ts',
    }),
    'Dockerfile',
  ),
);
writeFileSync(join(out, 'sources.json'), `${JSON.stringify(sources, null, 2)}\n`);

// What the settings are written beside: the configuration and the workflows as Terraform expects them.
cpSync('infra/terraform', join(out, 'environment/infra/terraform'), {
  recursive: true,
  filter: (path) => !path.includes('.terraform'),
});
mkdirSync(join(out, 'environment/workflows'), { recursive: true });
for (const file of ['produce-asset.yaml', 'smoke.yaml']) {
  cpSync(join('workflows', file), join(out, 'environment/workflows', file));
}
