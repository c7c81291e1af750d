import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a program said and how it ended; code 127 when it is not installed. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The programs and services that a deployment needs. */
export interface World {
  /** Runs a program and collects what it says. */
  run(command: string, args: readonly string[], cwd?: string): Promise<Outcome>;
  /** Runs a program whose output the operator reads as it comes; standard error is collected, too. */
  show(command: string, args: readonly string[], cwd?: string): Promise<Outcome>;
  /** Calls one of Google’s APIs with the operator’s token. */
  call(
    method: 'GET' | 'POST' | 'PATCH',
    url: string,
    token: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown; date?: string }>;
  /** Asks the operator; true for yes. */
  confirm(question: string): Promise<boolean>;
  now(): Date;
  print(line: string): void;
}

const notInstalled = (command: string): Outcome => ({ code: 127, stdout: '', stderr: `${command}: not installed` });

function collect(command: string, args: readonly string[], cwd?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, [...args], { cwd, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      if (error && 'code' in error && error.code === 'ENOENT') resolve(notInstalled(command));
      else resolve({ code: error ? Number(error.code ?? 1) || 1 : 0, stdout, stderr });
    });
  });
}

async function passThrough(command: string, args: readonly string[], cwd?: string): Promise<Outcome> {
  const child = spawn(command, [...args], { cwd, stdio: ['inherit', 'inherit', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    stderr += chunk.toString();
  });
  try {
    const [code] = await once(child, 'close');
    return { code: Number(code ?? 1), stdout: '', stderr };
  } catch {
    return notInstalled(command);
  }
}

async function call(method: string, url: string, token: string, body?: unknown) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  const date = response.headers.get('date') ?? undefined;
  return { status: response.status, json: text === '' ? {} : JSON.parse(text), ...(date ? { date } : {}) };
}

/** The real programs, on this machine. */
export const realWorld = (confirm: World['confirm']): World => ({
  run: collect,
  show: passThrough,
  call,
  confirm,
  now: () => new Date(),
  print: (line) => console.log(line),
});
