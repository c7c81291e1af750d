import { findChromium } from '../adapters/chromium/find-chromium.ts';
import { findOptional, loadOptional } from '../optional-module.ts';

/** Where the code of three.js is; undefined where it is not installed. */
export const threeFolder = findOptional('three');

/** Whether pages can be tried in a real browser here: playwright-core and Chromium are installed. */
export const hasBrowser = findOptional('playwright-core') !== undefined && findChromium() !== undefined;

/** Starts Chromium. The caller closes it, and says what it uses of the browser of playwright-core. */
export async function startBrowser<Browser>(args: readonly string[] = []): Promise<Browser> {
  const { chromium } = loadOptional('playwright-core') as {
    chromium: { launch(options: object): Promise<Browser> };
  };
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', ...args] });
}
