import type { Finding, GateReport } from '../../shared/schema/index.ts';
import { formatBytes, formatCount, table } from './summary.ts';

/** Findings of one severity that are told one by one; report.json has them all. */
const mostTold = 20;

const severities = ['error', 'warning', 'info'] as const;
const nouns: Record<Finding['severity'], readonly [one: string, many: string]> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  info: ['note', 'notes'],
};

/** Messages hold names out of files of strangers: nothing in them may steer the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const plain = (text: string): string => text.replace(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '�');

function findingLines({ severity, code, file, message, remedy }: Finding): string {
  const told = `${severity.padEnd(9)} ${code}: ${message}${file === 'model' ? '' : ` (${file})`}`;
  return `${plain(told)}\n${remedy ? `          → ${plain(remedy)}\n` : ''}`;
}

function countsOf(findings: readonly Finding[]): string {
  const counts = severities.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const [one, many] = nouns[severity];
    return `${formatCount(count)} ${count === 1 ? one : many}`;
  });
  return counts.join(', ');
}

/** What a person wants to know of a checked file, the verdict first. */
export function checkSummaryOf(report: GateReport, title: string): string {
  const { verdict, profile, profileVersion, findings, files } = report;
  const told = severities.flatMap((severity) => {
    const own = findings.filter((finding) => finding.severity === severity);
    const more = own.length - mostTold;
    return [
      ...own.slice(0, mostTold).map(findingLines),
      more > 0
        ? `          … and ${formatCount(more)} ${nouns[severity][more === 1 ? 0 : 1]} more: see --json or --out\n`
        : '',
    ];
  });
  const rows = files.map(({ name, stats, splats }) =>
    splats
      ? [name, `${formatCount(splats.splats)} splats`, `degree ${splats.degree}`, formatBytes(stats.sizeBytes)]
      : [
          ...[name, `${formatCount(stats.triangles)} triangles`, `${formatCount(stats.textureSizePx)} px`],
          ...[formatBytes(stats.sizeBytes), `${formatCount(stats.drawCalls)} draw calls`],
        ],
  );
  return [
    `Verdict   ${verdict} for ${title} (${profile}, rules of ${profileVersion}): ${countsOf(findings)}\n`,
    ...told,
    rows.length > 0 ? `Files\n${table(rows)}` : '',
  ].join('');
}
