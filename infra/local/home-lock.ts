import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const LockFile = z.object({ pid: z.int().min(1), url: z.string().optional() });
export type LockFile = z.infer<typeof LockFile>;

const lockPath = (home: string): string => join(home, 'server.json');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The server that works in this folder now, if there is one. */
export function runningServer(home: string): LockFile | undefined {
  try {
    const lock = LockFile.safeParse(JSON.parse(readFileSync(lockPath(home), 'utf8')));
    return lock.success && lock.data.pid !== process.pid && isAlive(lock.data.pid) ? lock.data : undefined;
  } catch {
    return undefined;
  }
}

/** Another process works in the folder. */
export class HomeTaken extends Error {
  readonly server: LockFile;
  constructor(home: string, server: LockFile) {
    super(
      `Another Atlas (process ${server.pid}${server.url ? `, ${server.url}` : ''}) works in ${home}. Stop it, or set ATLAS_HOME to another folder.`,
    );
    this.name = 'HomeTaken';
    this.server = server;
  }
}

/** Takes the folder for this process; a lock that a dead process left is taken over. @throws HomeTaken */
export function lockHome(home: string): { announce(url: string): void; release(): void } {
  mkdirSync(home, { recursive: true });
  const write = (flag: 'wx' | 'w', url?: string) =>
    writeFileSync(lockPath(home), JSON.stringify({ pid: process.pid, ...(url ? { url } : {}) }), { flag, mode: 0o600 });
  try {
    write('wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = runningServer(home);
    if (other) throw new HomeTaken(home, other);
    rmSync(lockPath(home), { force: true });
    write('wx');
  }
  return { announce: (url) => write('w', url), release: () => rmSync(lockPath(home), { force: true }) };
}
