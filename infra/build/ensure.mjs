// Makes a fresh clone runnable: installs the locked packages and builds dist/, each only when it is out of date.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockStamp, sourceStamp } from './source-stamp.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Atlas needs Node.js 20.19 or newer; this is ${process.versions.node}. See https://nodejs.org`);
  process.exit(1);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const run = (command, args) =>
  execFileSync(command, args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });

if (read('node_modules/.atlas-stamp') !== lockStamp()) {
  console.error('Installing packages (once) …');
  run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync('node_modules/.atlas-stamp', lockStamp());
}
if (read('dist/.stamp') !== sourceStamp()) {
  console.error('Building …');
  run(process.execPath, ['infra/build/build.mjs']);
}
