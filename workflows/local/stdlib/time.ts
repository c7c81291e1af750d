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

/** Writes seconds since 1970 with microseconds, in a time zone of the IANA database; an empty one is UTC. @throws ValueError */
export function formatTime(seconds: number, timezone: string): string {
  const wholeSeconds = Math.floor(seconds);
  const microseconds = Math.min(Math.round((seconds - wholeSeconds) * 1e6), 999_999);
  const date = new Date(wholeSeconds * 1000);
  if (Number.isNaN(date.getTime())) throw languageError('ValueError', `not a time: ${seconds}`);
  const offsetMinutes = offsetOf(date, timezone === '' ? 'UTC' : timezone);
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -'.000Z'.length);
  const pad = (value: number, length = 2) => String(value).padStart(length, '0');
  const text = `${local}.${pad(microseconds, 6)}`;
  if (offsetMinutes === 0) return `${text}Z`;
  const size = Math.abs(offsetMinutes);
  return `${text}${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
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
