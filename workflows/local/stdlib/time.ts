import { languageError } from '../workflow-error.ts';
import { numberArg, std, stringArg } from './std-function.ts';

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** The module `time`. */
export const timeFunctions = [
  std('time.format', ['seconds', { name: 'timezone', fallback: 'GMT' }], ([seconds, timezone]) =>
    formatTime(Number(numberArg(seconds, 'seconds')), stringArg(timezone, 'timezone')),
  ),
  std('time.parse', ['value'], ([value]) => parseTime(stringArg(value, 'value'))),
];

/** Reads RFC 3339 as seconds since 1970. @throws ValueError */
export function parseTime(text: string): number {
  const milliseconds = rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw languageError('ValueError', `not a time of RFC 3339: ${text}`);
  return milliseconds / 1000;
}

/** Writes seconds since 1970 as RFC 3339 in a time zone of the IANA database. @throws ValueError */
export function formatTime(seconds: number, timezone: string): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw languageError('ValueError', `not a time: ${seconds}`);
  const offsetMinutes = offsetOf(date, timezone);
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString();
  if (offsetMinutes === 0) return local;
  const size = Math.abs(offsetMinutes);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${local.slice(0, -1)}${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

function offsetOf(date: Date, timeZone: string): number {
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(date);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
    if (match === null) return 0;
    return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
  } catch (cause) {
    throw languageError('ValueError', `unknown time zone: ${timeZone}`, { cause });
  }
}
