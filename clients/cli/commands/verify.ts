import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../../../shared/config.ts';
import { AtlasError } from '../../../shared/errors.ts';
import { sha256Hex } from '../../../shared/ids.ts';
import { openReceipt } from '../../../shared/receipt/dsse.ts';
import type { Receipt } from '../../../shared/schema/index.ts';

interface FileCheck {
  readonly name: string;
  /** `extra`: the receipt does not tell of it, so it vouches for nothing in it. */
  readonly state: 'ok' | 'changed' | 'missing' | 'extra';
}

export interface VerifyOptions {
  /** Public keys to trust, as PEM files. */
  readonly key?: readonly string[];
  /** Folder of the files; the receipt’s when absent. */
  readonly dir?: string;
  readonly signatureOnly?: boolean;
  /** A file that the receipt does not tell of is a fault. */
  readonly strict?: boolean;
}

export interface Verification {
  readonly valid: boolean;
  readonly jobId: string;
  readonly status: string;
  readonly totalMicroUsd: number;
  readonly files: FileCheck[];
}

/** Public keys in PEM: those given, else the one of the local mode. */
function trustedKeys(paths: readonly string[] | undefined): string[] {
  const found = paths ?? [join(readConfig(process.env).home, 'keys', 'receipt-ed25519.pem')];
  return found.map((path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (cause) {
      throw new Error(`The key ${path} cannot be read. Name the signer’s public key with --key.`, { cause });
    }
  });
}

function readEnvelope(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AtlasError('receipt_invalid', `${path} is not JSON.`, { cause });
  }
}

/** Compares each delivered file with its hash in the receipt; files are looked for by name, then by content. */
function checkFiles(receipt: Receipt, folder: string, receiptName: string): FileCheck[] {
  const hashOf = (name: string): string | undefined => {
    try {
      return sha256Hex(readFileSync(join(folder, name)));
    } catch {
      return undefined;
    }
  };
  const there = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== receiptName)
    .map(({ name }) => name)
    .sort();
  const known = new Set(receipt.subject.map(({ name }) => name));
  const others = there.filter((name) => !known.has(name));
  // Files under other names are only read when one is missing: it may have been renamed.
  let hashes: Map<string, string | undefined> | undefined;
  const renamedTo = (sha256: string): string | undefined => {
    hashes ??= new Map(others.map((name) => [name, hashOf(name)]));
    return others.find((name) => hashes?.get(name) === sha256);
  };
  const renamed = new Set<string>();
  const told = receipt.subject.map(({ name, digest }): FileCheck => {
    const found = there.includes(name) ? hashOf(name) : undefined;
    if (found !== undefined) return { name, state: found === digest.sha256 ? 'ok' : 'changed' };
    const same = renamedTo(digest.sha256);
    if (same) renamed.add(same);
    return { name, state: same ? 'ok' : 'missing' };
  });
  const extra = others.filter((name) => !renamed.has(name)).map((name): FileCheck => ({ name, state: 'extra' }));
  return [...told, ...extra];
}

/**
 * Checks a receipt and its files, offline.
 *
 * @throws AtlasError receipt_invalid when the receipt itself does not hold; files that do not are told in the answer.
 */
export function verifyReceipt(path: string, options: VerifyOptions = {}): Verification {
  const receipt = openReceipt(readEnvelope(path), trustedKeys(options.key));
  const files = options.signatureOnly ? [] : checkFiles(receipt, options.dir ?? dirname(path), basename(path));
  const valid = files.every(({ state }) => state === 'ok' || (state === 'extra' && !options.strict));
  const { jobId, status, totalMicroUsd } = receipt.predicate;
  return { valid, jobId, status, totalMicroUsd, files };
}

/** The verification for a person to read. */
function toText({ valid, jobId, status, totalMicroUsd, files }: Verification): string {
  const lines = files.map(({ name, state }) => `${state.padEnd(8)} ${name}`);
  const verdict = valid ? 'The receipt holds' : 'The receipt does NOT hold';
  return [...lines, `${verdict}: job ${jobId}, ${status}, $${(totalMicroUsd / 1e6).toFixed(4)}`, ''].join('\n');
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('check a receipt and its files, offline')
    .argument('<receipt>', 'receipt file')
    .option('-k, --key <pem...>', 'public keys to trust (default: the key of the local mode)')
    .option('-d, --dir <dir>', 'folder of the files (default: the receipt’s)')
    .option('--signature-only', 'do not look at the files')
    .option('--strict', 'refuse files that the receipt does not tell of')
    .option('--json', 'print JSON')
    .action((path: string, options: VerifyOptions & { json?: boolean }) => {
      const verification = verifyReceipt(path, options);
      process.stdout.write(options.json ? `${JSON.stringify(verification, null, 2)}\n` : toText(verification));
      if (!verification.valid) process.exitCode = 1;
    });
}
