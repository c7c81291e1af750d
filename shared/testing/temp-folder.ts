import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** A new empty folder that is removed when the test file ends. */
export function tempFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'atlas-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
