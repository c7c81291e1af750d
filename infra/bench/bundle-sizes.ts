import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of a deployed folder. */
export interface BundleSizes {
  /** `index.mjs`. */
  readonly ownBytes: number;
  /** Chunks that it cannot start without. */
  readonly sharedBytes: number;
  /** Chunks that are read when they are first needed, and those of worker threads. */
  readonly laterBytes: number;
}

/** Files that one file of a bundle imports before it runs; an `import()` is not among them. */
const importedBy = (text: string): string[] =>
  [...text.matchAll(/(?:^|[;\n}])(?:import|export)\b[^;()]*?["']\.\/([\w.-]+\.mjs)["']/g)].map(([, file = '']) => file);

/** What a bundle of esbuild weighs, by when it is read. */
export function bundleSizes(folder: string): BundleSizes {
  const sizeOf = (file: string): number => statSync(join(folder, file)).size;
  const atStart = new Set(['index.mjs']);
  for (const file of atStart) {
    for (const imported of importedBy(readFileSync(join(folder, file), 'utf8'))) atStart.add(imported);
  }
  const sum = (files: readonly string[]): number => files.reduce((bytes, file) => bytes + sizeOf(file), 0);
  const all = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
  return {
    ownBytes: sizeOf('index.mjs'),
    sharedBytes: sum([...atStart].filter((file) => file !== 'index.mjs')),
    laterBytes: sum(all.filter((file) => !atStart.has(file))),
  };
}
