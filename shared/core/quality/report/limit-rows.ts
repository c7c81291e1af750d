import { type GateReport, LimitName, type Profile } from '../../../schema/index.ts';
import { type CheckCode, checkRules } from '../checks/check-rules.ts';
import { ruleOf } from '../checks/rule-of.ts';
import { type SplatCode, splatRules } from '../checks/splat/splat-rules.ts';
import { formatMeasure, formatNumber, formatPercent, limitWords } from './number-words.ts';

/** One rule of the target and how the files stand to it. */
export interface LimitRow {
  readonly rule: string;
  readonly limit: string;
  /** One cell a file, in the order of the report. */
  readonly measured: readonly string[];
  readonly result: 'passed' | 'over' | 'advice' | 'noted' | 'off';
  readonly source: string;
}

type Files = GateReport['files'];

const worse = (broken: boolean, hard: boolean): LimitRow['result'] => (!broken ? 'passed' : hard ? 'over' : 'advice');

const list = (names: readonly string[]): string => (names.length > 0 ? names.join(', ') : 'none');

function numberRows(files: Files, profile: Profile): LimitRow[] {
  return LimitName.options.flatMap((name) => {
    const limit = profile.limits[name];
    if (!limit) return [];
    const values = files.map(({ stats }) => stats[name]);
    const hard = limit.severity === 'hard';
    return [
      {
        rule: limitWords[name],
        limit: `${hard ? 'at most' : 'better at most'} ${formatMeasure(name, limit.max)}`,
        measured: values.map((value) => formatMeasure(name, value)),
        result: worse(
          values.some((value) => value > limit.max),
          hard,
        ),
        source: limit.source,
      },
    ];
  });
}

function namedRows(report: GateReport, { extensions, imageTypes }: Profile): LimitRow[] {
  const { files, findings } = report;
  const broken = (code: string): boolean => findings.some((finding) => finding.code === code);
  return [
    {
      rule: 'glTF extensions',
      limit: `${extensions.allowed.length} that the target reads`,
      measured: files.map(({ stats }) => list(stats.extensions)),
      result: broken('extension_not_read') ? 'over' : broken('extension_ignored') ? 'advice' : 'passed',
      source: extensions.source,
    },
    {
      rule: 'Image types',
      limit: list(imageTypes.allowed),
      measured: files.map(({ stats }) => list(stats.imageTypes)),
      result: worse(broken('image_type_not_read'), true),
      source: imageTypes.source,
    },
    {
      rule: 'glTF validator',
      limit: 'no errors',
      measured: files.map(({ validator }) =>
        validator ? `${validator.errors} errors, ${validator.warnings} warnings` : 'no glTF',
      ),
      result: worse(
        files.some(({ validator }) => validator !== undefined && validator.errors > 0),
        true,
      ),
      source: `Khronos gltf-validator ${list([...new Set(files.flatMap(({ validator }) => validator?.version ?? []))])}`,
    },
  ];
}

/** A value of a check in the unit of its rule; shares as percent, because people read them so. */
function inUnit(value: number, unit: string | undefined): string {
  if (unit?.startsWith('share')) return `${formatPercent(value)}${unit.slice('share'.length)}`;
  return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

/** What is known of a check: its own rule, or what the profile says of a finding that has none. */
interface CheckRow {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info' | 'off';
  readonly limit: number | undefined;
  readonly unit?: string;
  readonly fault?: 'above' | 'below';
  readonly source: string;
}

const hasSplats = (files: Files): boolean => files.some(({ splats }) => splats !== undefined);

function checkRowsOf(profile: Profile, files: Files): CheckRow[] {
  const rules = hasSplats(files) ? splatRules : checkRules;
  const codes = Object.keys(rules) as (CheckCode | SplatCode)[];
  const own = codes.map((code) => ({ code, ...ruleOf(profile, code) }));
  if (hasSplats(files)) return own;
  // Limits and fidelity have rows of their own, also where a policy speaks of them.
  const shown = (code: string): boolean =>
    Object.hasOwn(checkRules, code) || Object.hasOwn(splatRules, code) || /^(limit|fidelity)_/.test(code);
  const others = Object.entries(profile.checks ?? {}).filter(([code]) => !shown(code));
  return [...own, ...others.map(([code, { severity, limit, source }]) => ({ code, severity, limit, source }))];
}

function limitOf({ severity, limit, unit, fault }: CheckRow): string {
  if (severity === 'off') return 'off';
  if (limit === undefined || (limit === 0 && fault === 'above')) return 'none';
  return `${fault === 'below' ? 'at least' : 'at most'} ${inUnit(limit, unit)}`;
}

/** What the checks look for: a rule is broken where a finding of its code is in the report. */
function checkRows({ files, findings }: GateReport, profile: Profile): LimitRow[] {
  return checkRowsOf(profile, files).map((rule) => {
    const { code, severity, unit, source } = rule;
    // What could not be looked at must not read as if nothing had been found.
    const unchecked = code === 'content_unsafe' ? 'content_not_checked' : undefined;
    const found = findings.filter((finding) => finding.code === code || finding.code === unchecked);
    const cell = (file: string): string => {
      if (severity === 'off') return 'not checked';
      const [first, ...more] = found.filter((finding) => finding.file === file);
      if (first === undefined) return 'nothing found';
      if (first.code === unchecked) return 'not checked';
      const measured = first.measured === undefined ? 'found' : inUnit(first.measured, unit);
      return more.length > 0 ? `${measured}, and ${more.length} more` : measured;
    };
    const serious = found.some((finding) => finding.severity !== 'info');
    const hard = found.some((finding) => finding.severity === 'error');
    return {
      rule: code.replaceAll('_', ' '),
      limit: limitOf(rule),
      measured: files.map(({ name }) => cell(name)),
      result: severity === 'off' ? 'off' : found.length > 0 && !serious ? 'noted' : worse(serious, hard),
      source,
    };
  });
}

/** Every rule of the target with what was measured, broken or not. */
export function limitRows(report: GateReport, profile: Profile): LimitRow[] {
  const { files } = report;
  if (files.length === 0) return [];
  // The limits of a target are about glTF.
  if (hasSplats(files)) return checkRows(report, profile);
  return [...numberRows(files, profile), ...namedRows(report, profile), ...checkRows(report, profile)];
}
