import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/**
 * Packages that Atlas uses when they are there and does without when they are not, with the versions that it is tested
 * with. They are optional peer dependencies: `npm ci` installs none.
 */
export const optionalPackages = {
  'playwright-core': '1.65.1',
  three: '0.187',
  'onnxruntime-node': '1.30.0',
  nsfwjs: '4.4.0',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  /** Of nsfwjs. */
  buffer: '6',
} as const;
export type OptionalPackage = keyof typeof optionalPackages;

/** What the check of content needs. */
export const contentPackages = ['nsfwjs', '@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', 'buffer'] as const;

type Environment = Record<string, string | undefined>;

/** Where packages are searched: in `ATLAS_OPTIONAL_MODULES` where it is set, in this installation otherwise. */
function searched(name: string, environment: Environment): string[] {
  const folder = environment.ATLAS_OPTIONAL_MODULES;
  if (folder) return [join(resolve(folder), 'node_modules')];
  return createRequire(import.meta.url).resolve.paths(name) ?? [];
}

/** The folder of a package, or undefined where it is not installed. Nothing of it is loaded. */
export function findOptional(name: OptionalPackage, environment: Environment = process.env): string | undefined {
  return searched(name, environment)
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, 'package.json')));
}

/**
 * Loads a package, or `entry` of it such as `core`. Only packages that can be loaded by `require` are on the list.
 * @throws Error when it is not installed or cannot be loaded
 */
export function loadOptional(name: OptionalPackage, entry = '', environment: Environment = process.env): unknown {
  const folder = findOptional(name, environment);
  if (folder === undefined) throw new Error(`${name} is not installed`);
  return createRequire(join(folder, 'package.json'))(entry === '' ? name : `${name}/${entry}`);
}

const list = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), names.at(-1)].filter((part) => part !== '').join(' and ');

/** Says which of the packages are missing and how to install them; undefined when all are there. */
export function missingOptional(
  names: readonly OptionalPackage[],
  environment: Environment = process.env,
): { reason: string; remedy: string } | undefined {
  const missing = names.filter((name) => findOptional(name, environment) === undefined);
  if (missing.length === 0) return undefined;
  const wanted = missing.map((name) => `${name}@${optionalPackages[name]}`).join(' ');
  return {
    reason: `${list(missing)} ${missing.length === 1 ? 'is' : 'are'} not installed`,
    remedy: `Run npm install --no-save --prefix DIR ${wanted} and set ATLAS_OPTIONAL_MODULES=DIR.`,
  };
}
