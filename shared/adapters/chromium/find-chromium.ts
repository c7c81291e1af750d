import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome.exe'];

/** Where installers put it without putting it on the path. */
const places = [
  '/usr/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The program of Chromium: what `CHROMIUM_PATH` names and nothing else where it is set, otherwise the first of the usual
 * names on the path, then of the usual places. Undefined where there is none.
 */
export function findChromium(environment: Record<string, string | undefined> = process.env): string | undefined {
  const { CHROMIUM_PATH: named, PATH: path = '' } = environment;
  if (named) return existsSync(named) ? named : undefined;
  const onPath = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...places].find((file) => existsSync(file));
}
