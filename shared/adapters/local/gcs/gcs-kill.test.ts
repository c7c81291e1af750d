import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { crc32c, crc32cText } from '../crc32c.ts';
import { diskBucket } from '../disk-bucket.ts';
import { startGcsServer } from './gcs-server.ts';

const folder = mkdtempSync(join(tempFolder(), 'kill-'));
const clock = { now: () => new Date() };
const bodyOf = (index: number): Buffer => Buffer.alloc(200_000 + index, createHash('md5').update(`${index}`).digest());

/** The server as a program, which prints where it is. */
async function program(): Promise<string> {
  const from = join(dirname(fileURLToPath(import.meta.url)), 'gcs-server.ts');
  const contents = `import { startGcsServer } from ${JSON.stringify(from)};
    const { url } = await startGcsServer(process.argv[2], { keys: [], clock: { now: () => new Date() } });
    console.log(url);`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(from), loader: 'ts' },
    ...{ bundle: true, platform: 'node', format: 'esm', write: false },
  });
  const path = join(folder, 'server.mjs');
  writeFileSync(path, outputFiles[0]?.text ?? '');
  return path;
}

const printed = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.stdout?.once('data', (line) => resolve(String(line).trim())));

test('what was acknowledged before a SIGKILL is whole after it, and nothing half-written is an object', async () => {
  const root = join(folder, 'root');
  mkdirSync(root);
  const child = spawn(process.execPath, [await program(), root], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await printed(child);
  await fetch(`${url}/storage/v1/b`, { method: 'POST', body: JSON.stringify({ name: 'bucket' }) });
  const acknowledged: number[] = [];
  let next = 0;
  const upload = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      const to = `${url}/upload/storage/v1/b/bucket/o?uploadType=media&name=o/${index}&ifGenerationMatch=0`;
      const response = await fetch(to, { method: 'POST', body: bodyOf(index) as never }).catch(() => undefined);
      if (!response?.ok) return;
      acknowledged.push(index);
      // Eight writers are in the middle of something when it strikes.
      if (acknowledged.length === 40) child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 8 }, upload));
  expect(acknowledged.length).toBeGreaterThanOrEqual(40);

  const second = await startGcsServer(root, { keys: [], clock });
  const found: number[] = [];
  for await (const key of diskBucket(join(root, 'bucket')).keys('o/')) found.push(Number(key.slice(2)));
  for (const index of found) {
    const response = await fetch(`${second.url}/storage/v1/b/bucket/o/${encodeURIComponent(`o/${index}`)}?alt=media`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.equals(bodyOf(index))).toBe(true);
    expect(response.headers.get('x-goog-hash')).toContain(`crc32c=${crc32cText(crc32c(bytes))}`);
  }
  expect(found).toEqual(expect.arrayContaining(acknowledged));
  await second.close();
});
