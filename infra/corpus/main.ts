import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gate } from '../../functions/engine/gate.ts';
import { findProfile, profiles } from '../../shared/profiles/profiles.ts';

/**
 * Takes every raw file of an external corpus (ATLAS_ASSETS) through the command line for every target, and judges what
 * comes out: exit code, validator errors, hard limits, receipt. Names tell what to expect: `broken-…` and splats end in
 * a clear error, everything else is delivered or rejected by the gate.
 */
interface Produced {
  readonly status: string;
  readonly error: { code: string; message: string } | null;
  readonly reports: { target: string; verdict: string }[];
  readonly outputs: { target: string; path: string; triangles: number; sizeBytes: number }[];
  readonly receipt: string | null;
  readonly durationMs: number;
}

const atlas = resolve('dist/atlas.mjs');
const targets = profiles.map(({ id }) => id);
const expectsError = (name: string): boolean => /^broken|splat/.test(name);

function command(args: readonly string[], home: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const env = { PATH: process.env.PATH, ATLAS_HOME: home };
    execFile(process.execPath, [atlas, ...args], { env, maxBuffer: 64e6 }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

/** Complaints about the delivered files of one source. */
async function complaints(produced: Produced, home: string): Promise<string[]> {
  const found: string[] = [];
  for (const { target, path } of produced.outputs) {
    const glb = new Uint8Array(readFileSync(path));
    const profile = findProfile(target);
    const plan = { triangles: profile.defaults.convert.triangles };
    const report = await gate({ files: [{ name: 'model', glb }], profile, plan });
    for (const { severity, message } of report.findings) if (severity === 'error') found.push(`${path}: ${message}`);
    const errors = report.files[0]?.validator?.errors ?? -1;
    if (errors !== 0) found.push(`${path}: ${errors} validator errors`);
  }
  if (!produced.receipt) found.push('there is no receipt');
  else {
    const verified = await command(['verify', produced.receipt], home);
    if (verified.code !== 0) found.push(`the receipt does not hold: ${verified.stdout}${verified.stderr}`);
  }
  return found;
}

async function judge(path: string, name: string, home: string): Promise<string[]> {
  const out = join(home, 'out', name);
  const args = ['produce', path, '--json', '--out', out, ...targets.flatMap((target) => ['--target', target])];
  const { code, stdout, stderr } = await command(args, home);
  const produced = stdout.startsWith('{') ? (JSON.parse(stdout) as Produced) : undefined;
  const verdicts = produced?.reports.map(({ target, verdict }) => `${target} ${verdict}`).join(', ') ?? '';
  const why = produced?.error ? `${produced.error.code}: ${produced.error.message}` : stderr.trim();
  const wanted = expectsError(name) ? [1] : [0, 2];
  const seconds = ((produced?.durationMs ?? 0) / 1000).toFixed(1);
  const said = verdicts || why;
  process.stdout.write(`${wanted.includes(code) ? 'ok  ' : 'FAIL'} ${name}: exit ${code}, ${seconds} s: ${said}\n`);
  if (!wanted.includes(code)) return [`exit ${code}: ${said}`];
  if (code === 1) return /^[a-z_]+: .{10,}/.test(why) ? [] : [`the error is not clear: ${why}`];
  return produced ? complaints(produced, home) : ['no result was printed'];
}

async function main(): Promise<void> {
  const folder = process.env.ATLAS_ASSETS;
  if (!folder) {
    process.stdout.write('ATLAS_ASSETS names no folder of raw files.\n0 passed, 0 failed, 1 skipped\n');
    return;
  }
  const names = readdirSync(folder)
    .filter((name) => /\.(glb|gltf|obj|ply|spz|zip)$/i.test(name))
    .sort();
  const home = mkdtempSync(join(tmpdir(), 'atlas-corpus-'));
  let failed = 0;
  try {
    for (const name of names) {
      const found = await judge(join(folder, name), name, home);
      for (const line of found) process.stdout.write(`     ${line}\n`);
      if (found.length > 0) failed++;
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  process.stdout.write(`${names.length - failed} passed, ${failed} failed, 0 skipped\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
