// Tells whether dist/ and node_modules/ are up to date: hashes of the lockfile and of every source file.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['clients', 'functions', 'infra', 'marketplace', 'shared', 'workflows'].filter((name) =>
  existsSync(name),
);

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|mjs|yaml)$/.test(entry.name) && !entry.name.endsWith('.test.ts')) yield path;
  }
}

export function lockStamp() {
  return createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
}

export function sourceStamp() {
  const hash = createHash('sha256').update(lockStamp());
  for (const folder of folders) for (const path of sources(folder)) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}
