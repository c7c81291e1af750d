// Loaded before Atlas by the crash test: ends the process with SIGKILL at the n-th durable write, just before it
// happens or just after. A durable write is a statement that changes the database, a COMMIT, or a file that appears.
import fs from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const require = createRequire(`${process.cwd()}/package.json`);
const [point, when] = (process.env.ATLAS_CRASH_AT ?? '').split(':');
const countFile = process.env.ATLAS_CRASH_COUNT;
let writes = 0;
let inTransaction = false;

function die() {
  process.kill(process.pid, 'SIGKILL');
  for (;;); // Nothing may happen between the signal and its arrival.
}

function around(write) {
  writes++;
  const here = String(writes) === point;
  if (here && when === 'before') die();
  const result = write();
  if (here && when === 'after') die();
  return result;
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const builtIn = major > 22 || (major === 22 && minor >= 13);
const sqlite = require(builtIn ? 'node:sqlite' : '@photostructure/sqlite');

class DatabaseSync extends sqlite.DatabaseSync {
  exec(sql) {
    if (/^BEGIN/i.test(sql)) inTransaction = true;
    if (/^(COMMIT|ROLLBACK)/i.test(sql)) inTransaction = false;
    return /^COMMIT/i.test(sql) ? around(() => super.exec(sql)) : super.exec(sql);
  }

  prepare(sql) {
    const statement = super.prepare(sql);
    // Inside a transaction nothing is durable before its COMMIT.
    const writes = /^\s*(INSERT|UPDATE|DELETE)/i.test(sql);
    const direct = (...values) => statement.run(...values);
    return {
      get: (...values) => statement.get(...values),
      all: (...values) => statement.all(...values),
      run: (...values) => (writes && !inTransaction ? around(() => direct(...values)) : direct(...values)),
    };
  }
}
// A package’s exports cannot be replaced one by one, only as a whole, where `require` keeps them.
if (builtIn) sqlite.DatabaseSync = DatabaseSync;
else require.cache[require.resolve('@photostructure/sqlite')].exports = { ...sqlite, DatabaseSync };

const link = fs.link;
fs.link = async (from, to) => {
  writes++;
  const here = String(writes) === point;
  if (here && when === 'before') die();
  await link(from, to);
  if (here && when === 'after') die();
};
syncBuiltinESMExports();

if (countFile) {
  process.on('exit', () => require('node:fs').writeFileSync(countFile, String(writes)));
}
