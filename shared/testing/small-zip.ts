import { zipSync } from 'fflate';

/** A ZIP of some files; text is written as UTF-8. `level` 0 stores. Same input, same bytes. */
export function smallZip(files: Readonly<Record<string, Uint8Array | string>>, level: 0 | 6 | 9 = 6): Uint8Array {
  const entries = Object.entries(files).map(
    ([name, data]) => [name, typeof data === 'string' ? new Uint8Array(Buffer.from(data)) : data] as const,
  );
  return zipSync(Object.fromEntries(entries), { level, mtime: '2026-01-01T00:00:00' });
}
