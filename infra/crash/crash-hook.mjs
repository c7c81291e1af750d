// Loaded before Atlas by the crash test: ends the process with SIGKILL at the n-th durable write of a kind, just before
// it happens or just after. `ATLAS_CRASH_AT` is `kind:n:before` or `kind:n:after`; the kind `any` counts all:
//   row          a statement that changes the database outside a transaction, or a COMMIT
//   file         a file that appears
//   commit, publish, acknowledge    a call to Firestore or Pub/Sub; after: its answer has come, Atlas has not seen it
//   upload       an object that is sent to Cloud Storage; after: the same
// `ATLAS_CRASH_TASK` is the same for the first scoring task, which is a process of its own.
import childProcess from 'node:child_process';
import fs from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const require = createRequire(`${process.cwd()}/package.json`);
const { ATLAS_CRASH_AT: crashAt = '', ATLAS_CRASH_TASK: crashTask, ATLAS_CRASH_COUNT: countFile } = process.env;
const [kindAt, point, when] = crashAt.split(':');
const counts = { any: 0, task: 0 };

function die() {
  process.kill(process.pid, 'SIGKILL');
  for (;;); // Nothing may happen between the signal and its arrival.
}

/** Counts a write that is about to happen. @returns whether the process must end after it */
function about(kind) {
  counts.any++;
  counts[kind] = (counts[kind] ?? 0) + 1;
  const here = (kindAt === kind || kindAt === 'any') && String(counts[kindAt]) === point;
  if (here && when === 'before') die();
  return here;
}

function around(kind, write) {
  const dies = about(kind);
  const result = write();
  if (dies) die();
  return result;
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const builtIn = major > 22 || (major === 22 && minor >= 13);
const sqlite = require(builtIn ? 'node:sqlite' : '@photostructure/sqlite');
let inTransaction = false;

class DatabaseSync extends sqlite.DatabaseSync {
  exec(sql) {
    if (/^BEGIN/i.test(sql)) inTransaction = true;
    if (/^(COMMIT|ROLLBACK)/i.test(sql)) inTransaction = false;
    return /^COMMIT/i.test(sql) ? around('row', () => super.exec(sql)) : super.exec(sql);
  }

  prepare(sql) {
    const statement = super.prepare(sql);
    // Inside a transaction nothing is durable before its COMMIT.
    const writes = /^\s*(INSERT|UPDATE|DELETE)/i.test(sql);
    const direct = (...values) => statement.run(...values);
    return {
      get: (...values) => statement.get(...values),
      all: (...values) => statement.all(...values),
      run: (...values) => (writes && !inTransaction ? around('row', () => direct(...values)) : direct(...values)),
    };
  }
}
// A package’s exports cannot be replaced one by one, only as a whole, where `require` keeps them.
if (builtIn) sqlite.DatabaseSync = DatabaseSync;
else require.cache[require.resolve('@photostructure/sqlite')].exports = { ...sqlite, DatabaseSync };

const { link } = fs;
fs.link = async (from, to) => {
  const dies = about('file');
  await link(from, to);
  if (dies) die();
};

const calls = {
  '/google.firestore.v1.Firestore/Commit': 'commit',
  '/google.pubsub.v1.Publisher/Publish': 'publish',
  '/google.pubsub.v1.Subscriber/Acknowledge': 'acknowledge',
};
const { connect } = http2;
http2.connect = (...to) => {
  const session = connect(...to);
  const request = session.request.bind(session);
  session.request = (headers, options) => {
    const kind = calls[headers[':path']];
    const dies = kind !== undefined && about(kind);
    const stream = request(headers, options);
    // What a failed call answers has no trailers: it was no write.
    if (dies) stream.prependOnceListener('trailers', die);
    return stream;
  };
  return session;
};

const { request } = http;
http.request = (...given) => {
  const [{ path, pathname, method }] = given;
  const dies = method === 'POST' && /^\/upload\/storage\/v1\//.test(path ?? pathname ?? '') && about('upload');
  const sent = request(...given);
  if (dies) sent.prependOnceListener('response', die);
  return sent;
};

const { spawn } = childProcess;
childProcess.spawn = (command, args, options) => {
  if (!/score-job\.mjs$/.test(args[0] ?? '')) return spawn(command, args, options);
  counts.task++;
  if (crashTask === undefined || counts.task > 1) return spawn(command, args, options);
  const env = { ...options.env, ATLAS_CRASH_AT: crashTask };
  return spawn(command, ['--import', import.meta.url, ...args], { ...options, env });
};
syncBuiltinESMExports();

if (countFile && isMainThread) {
  process.on('exit', () => require('node:fs').writeFileSync(countFile, JSON.stringify(counts)));
}
