import type { ProduceResult } from './produce.ts';

/** Bytes for people: decimal units, three digits. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, size] = bytes < 1e6 ? ['kB', bytes / 1e3] : ['MB', bytes / 1e6];
  return `${size >= 100 ? size.toFixed(0) : size.toFixed(size >= 10 ? 1 : 2)} ${unit}`;
}

export const formatCount = (count: number): string => count.toLocaleString('en-US');

const formatUsd = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(4)}`;

const numeric = (text: string | undefined): boolean => /^([\d,.]+( (k?B|MB|s|%))?|cached)?$/.test(text ?? '');

/** Rows as a table with aligned columns; a column of numbers, under whatever head, to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = (rows[0] ?? []).map((_, column) => ({
    width: Math.max(...rows.map((row) => (row[column] ?? '').length)),
    right: rows.slice(-1).every((row) => row[column]) && rows.slice(1).every((row) => numeric(row[column])),
  }));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const { width = 0, right = false } = columns[column] ?? {};
          return right ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}\n`)
    .join('');
}

function sourceLines(result: ProduceResult): string {
  const { source } = result;
  if (!source || !('stats' in source)) return '';
  const { stats, format, sizeBytes, changes } = source;
  const head = `Source    ${source.fileName ?? ''} (${format}): ${formatCount(stats.triangles)} triangles, ${formatBytes(sizeBytes)}\n`;
  return head + changes.map(({ message }) => `          · ${message}\n`).join('');
}

/** Every try of a target whose settings were changed. */
function tryLines(rounds: ProduceResult['reports'][number]['rounds']): string[] {
  if (!rounds || rounds.length < 2) return [];
  return rounds.map(({ round, settings, verdict, codes, sizeBytes, triangles }) => {
    const asked = `${formatCount(settings.triangles)} triangles, ${settings.textureSizePx} px, quality ${settings.textureQuality}, ${settings.geometryCompression}`;
    const why = codes.length > 0 ? ` (${codes.join(', ')})` : '';
    return `          try ${round + 1}: ${asked} → ${formatCount(triangles)} triangles, ${formatBytes(sizeBytes)}: ${verdict}${why}\n`;
  });
}

/** What a person wants to know of a finished job. */
export function summaryOf(result: ProduceResult): string {
  const files = result.outputs.map((output) => [
    output.target,
    output.lod ? `lod${output.lod}` : output.role,
    output.triangles === undefined ? '' : formatCount(output.triangles),
    formatBytes(output.sizeBytes),
    output.path,
  ]);
  const verdicts = result.reports.flatMap(({ target, verdict, reasons, rounds, page }) => [
    `Verdict   ${target}: ${verdict}\n`,
    ...reasons.map((reason) => `          · ${reason}\n`),
    ...tryLines(rounds),
    page ? `          ${page}\n` : '',
  ]);
  const charged = result.usage.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0);
  const stages = result.stages.map(({ name, target, ms, cached, round }) => [
    [name, target, round ? `try ${round + 1}` : ''].filter(Boolean).join(' '),
    cached ? 'cached' : `${(ms / 1000).toFixed(2)} s`,
  ]);
  return [
    `Job       ${result.jobId}: ${result.status} in ${(result.durationMs / 1000).toFixed(1)} s\n`,
    result.error
      ? `Error     ${result.error.message} (${result.error.code}${result.error.pointer ? ` at ${result.error.pointer}` : ''})\n`
      : '',
    sourceLines(result),
    ...verdicts,
    files.length > 0 ? `Files\n${table([['target', 'role', 'triangles', 'size', 'path'], ...files])}` : '',
    stages.length > 0 ? `Stages\n${table(stages)}` : '',
    result.receipt ? `Receipt   ${result.receipt}   (check it: atlas verify ${result.receipt})\n` : '',
    `Charged   ${formatUsd(charged)}\n`,
  ].join('');
}
