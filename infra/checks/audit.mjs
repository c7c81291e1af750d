// `npm run audit`: asks the registry for advisories against every package of the lock file that is deployed. Exit code 0:
// nothing that stops a release; 1: something does; 2: the registry could not be asked, which is no clean bill of health.
// Usage: node infra/checks/audit.mjs [report]; a report is what `npm audit --omit=dev --json` has printed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Severities of npm’s advisories, the mildest first. */
const severities = ['info', 'low', 'moderate', 'high', 'critical'];
/** What stops a release. */
const worstAllowed = 'moderate';

/** The worst that is known of a package, and where it is told. */
const lineOf = ({ name, severity, via = [] }) => {
  const urls = via.map(({ url }) => url).filter(Boolean);
  return `${severity}: ${name}${urls.length > 0 ? ` (${urls.join(', ')})` : ''}`;
};

const notChecked = (why) => ({ code: 2, lines: [`NOT CHECKED: ${why}`, 'This says nothing about vulnerabilities.'] });

/**
 * What the output of `npm audit --json` means: exit code 0 when the registry was asked and knows nothing that stops a
 * release, 1 when it knows something, 2 when nobody was asked. npm itself answers 1 for both.
 *
 * @param {string} text
 */
function judgeAudit(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return notChecked('npm audit gave no report.');
  }
  const { vulnerabilities, metadata } = report ?? {};
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null) {
    return notChecked(`the registry was not asked: ${report?.message ?? report?.error?.summary ?? 'no report'}`);
  }
  const packages = metadata?.dependencies?.prod ?? 0;
  if (!(packages > 0)) return notChecked('npm audit looked at no package.');
  const known = Object.values(vulnerabilities);
  const stopping = known.filter(({ severity }) => severities.indexOf(severity) > severities.indexOf(worstAllowed));
  const summary = `${packages} packages asked about: ${known.length} with advisories, ${stopping.length} of them above ${worstAllowed}`;
  return { code: stopping.length > 0 ? 1 : 0, lines: [...known.map(lineOf), summary] };
}

function askRegistry() {
  const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    timeout: 120_000,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return error ? JSON.stringify({ message: error.message }) : stdout;
}

const [report] = process.argv.slice(2);
const { code, lines } = judgeAudit(report ? readFileSync(report, 'utf8') : askRegistry());
for (const line of lines) console.log(line);
process.exitCode = code;
