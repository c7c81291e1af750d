import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../../../shared/config.ts';
import { sha256Hex } from '../../../shared/ids.ts';
import { openReceipt } from '../../../shared/receipt/dsse.ts';
import type { Receipt } from '../../../shared/schema/index.ts';

interface FileCheck {
  readonly name: string;
  readonly state: 'ok' | 'changed' | 'missing';
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

/** Compares each delivered file with its hash in the receipt; files are looked for by name, then by content. */
function checkFiles(receipt: Receipt, folder: string): FileCheck[] {
  const hashOf = (name: string): string | undefined => {
    try {
      return sha256Hex(readFileSync(join(folder, name)));
    } catch {
      return undefined;
    }
  };
  let byContent: Set<string> | undefined;
  return receipt.subject.map(({ name, digest }): FileCheck => {
    const found = hashOf(name);
    if (found === digest.sha256) return { name, state: 'ok' };
    if (found !== undefined) return { name, state: 'changed' };
    byContent ??= new Set(
      readdirSync(folder)
        .map(hashOf)
        .filter((hash) => hash !== undefined),
    );
    return { name, state: byContent.has(digest.sha256) ? 'ok' : 'missing' };
  });
}

function verify(
  path: string,
  options: { key?: string[]; dir?: string; signatureOnly?: boolean; json?: boolean },
): void {
  const envelope: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const receipt = openReceipt(envelope, trustedKeys(options.key));
  const files = options.signatureOnly ? [] : checkFiles(receipt, options.dir ?? dirname(path));
  const good = files.every(({ state }) => state === 'ok');
  const { jobId, status, totalMicroUsd } = receipt.predicate;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ valid: good, jobId, status, totalMicroUsd, files }, null, 2)}\n`);
  } else {
    for (const { name, state } of files) process.stdout.write(`${state.padEnd(8)} ${name}\n`);
    process.stdout.write(
      `${good ? 'The receipt holds' : 'The receipt does NOT hold'}: job ${jobId}, ${status}, $${(totalMicroUsd / 1e6).toFixed(4)}\n`,
    );
  }
  if (!good) process.exitCode = 1;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('check a receipt and its files, offline')
    .argument('<receipt>', 'receipt file')
    .option('-k, --key <pem...>', 'public keys to trust (default: the key of the local mode)')
    .option('-d, --dir <dir>', 'folder of the files (default: the receipt’s)')
    .option('--signature-only', 'do not look at the files')
    .option('--json', 'print JSON')
    .action(verify);
}
